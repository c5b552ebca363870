// The debug client of @vscode/debugadapter-testsupport before `ulid-dap wrap` before debugpy.
// usage: node testsupport.js NODE_MODULES ULID_DAP PYTHON PROGRAM
const path = require('path');
const fs = require('fs');

const [modules, adapter, python, program] = process.argv.slice(2);
const { DebugClient } = require(path.join(modules, '@vscode/debugadapter-testsupport'));

async function main() {
  const client = new DebugClient(adapter, '', 'debugpy');
  client.defaultTimeout = 60000;
  startWith(client, ['wrap', '--', python, '-m', 'debugpy.adapter']);
  const line = fs.readFileSync(program, 'utf8').split('\n').findIndex(text => text.includes('break here')) + 1;
  await client.initializeRequest({ adapterID: 'debugpy', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' });
  const initialized = client.waitForEvent('initialized');
  client.launchRequest({ program, console: 'internalConsole' }).catch(() => {});
  await initialized;
  await client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line }] });
  const stopped = client.waitForEvent('stopped');
  await client.configurationDoneRequest();
  const threadId = (await stopped).body.threadId;
  const frameId = (await client.stackTraceRequest({ threadId })).body.stackFrames[0].id;
  const scopes = (await client.scopesRequest({ frameId })).body.scopes;
  const rows = (await client.variablesRequest({ variablesReference: scopes[0].variablesReference })).body.variables;
  const text = rows.find(row => row.name === 'text');
  console.log(`${text.name} = ${text.value}`);
  const parts = (await client.variablesRequest({ variablesReference: text.variablesReference })).body.variables;
  console.log(parts.map(row => row.name).join(' '));
  await client.disconnectRequest({ terminateDebuggee: true });
  process.exit(0);
}

// What DebugClient.start does, with arguments of our choice.
function startWith(client, args) {
  const child = require('child_process').spawn(adapter, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  client.connect(child.stdout, child.stdin);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
