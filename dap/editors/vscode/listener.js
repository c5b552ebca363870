// `ulid-dap wrap --listen` as a process: the adapter of one session, with its ULIDs decoded.
const { spawn } = require('child_process');

const PATIENCE_MS = 15_000;
const ANNOUNCEMENT = /ulid-dap listening at: .*:(\d+)/;

/** Starts the program and waits for the port on which it listens.
 * @param {string} program
 * @param {string} preset
 * @param {string[]} [more] arguments for the adapter
 * @param {string} [folder] where it runs
 * @returns {Promise<{ port: number, end: () => void }>} */
function listen(program, preset, more = [], folder = undefined) {
  const after = more.length > 0 ? ['--', ...more] : [];
  const child = spawn(program, ['wrap', '--listen', '127.0.0.1:0', preset, ...after], { cwd: folder });
  const end = () => void child.kill();
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (/** @type {string} */ reason) => {
      clearTimeout(timer);
      end();
      reject(new Error(`ulid-dap did not start: ${said.trim() || reason}`));
    };
    const timer = setTimeout(() => fail('it announced no port'), PATIENCE_MS);
    const hear = (/** @type {Buffer} */ data) => {
      said += data;
      const port = ANNOUNCEMENT.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve({ port: Number(port), end });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', error => fail(error.message));
    child.on('exit', code => fail(`it ended with ${code}`));
  });
}

module.exports = { listen };
