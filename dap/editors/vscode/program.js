// Where the program `ulid-dap` is. An editor that is started from a desktop has a short PATH.
const fs = require('fs');
const os = require('os');
const path = require('path');

const ENDING = process.platform === 'win32' ? '.exe' : '';

/** @param {string} file */
function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The path of a program by its setting: a path, or a name that is looked for on the PATH, where cargo installs
 * programs, and in the extension itself. Undefined where it is nowhere.
 * @param {string} named
 * @param {string} extensionFolder */
function findProgram(named, extensionFolder, environment = process.env) {
  const expanded = named.startsWith('~') ? path.join(os.homedir(), named.slice(1)) : named;
  if (expanded !== path.basename(expanded)) return isProgram(expanded) ? expanded : undefined;
  const cargo = environment.CARGO_HOME ?? path.join(os.homedir(), '.cargo');
  const folders = (environment.PATH ?? '').split(path.delimiter).filter(Boolean);
  folders.push(path.join(cargo, 'bin'), path.join(extensionFolder, 'bin'));
  return folders.map(folder => path.join(folder, expanded + ENDING)).find(isProgram);
}

module.exports = { findProgram };
