// The debug type `ulid`: `ulid-dap inspect` for a file of IDs, `ulid-dap wrap` before another adapter.
const vscode = require('vscode');
const { findProgram } = require('./program');
const { presetFor, wrapped } = require('./wrapped');

const GUIDE = 'https://crates.io/crates/ulid-dap';

let extensionFolder = __dirname;

function activate(context) {
  extensionFolder = context.extensionPath ?? __dirname;
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider('ulid', { resolveDebugConfiguration: resolve }),
    vscode.debug.registerDebugAdapterDescriptorFactory('ulid', { createDebugAdapterDescriptor: adapterOf }),
    vscode.commands.registerCommand('ulid.stepThroughFile', stepThroughFile),
  );
}

function setting() {
  return vscode.workspace.getConfiguration('ulid').get('path', 'ulid-dap');
}

function program() {
  return findProgram(setting(), extensionFolder);
}

// Says that the program is not there, and what to do.
async function complain() {
  const [choose, install] = ['Choose its path', 'How to install it'];
  const words = `"${setting()}" was not found, so that no debugging with ULIDs can begin. Install it by: cargo install ulid-dap`;
  const chosen = await vscode.window.showErrorMessage(words, choose, install);
  if (chosen === choose) await vscode.commands.executeCommand('workbench.action.openSettings', 'ulid.path');
  if (chosen === install) await vscode.env.openExternal(vscode.Uri.parse(GUIDE));
}

function ofFile(file) {
  return { type: 'ulid', request: 'launch', name: 'Step through this file of IDs', program: file };
}

function stepThroughFile(uri) {
  const file = uri?.fsPath ?? vscode.window.activeTextEditor?.document.fileName;
  if (!file) return vscode.window.showErrorMessage('Open a file of IDs first, or choose one in the explorer.');
  return vscode.debug.startDebugging(undefined, ofFile(file));
}

// F5 in a file of IDs, without any configuration, steps through that file. `null` opens launch.json.
function resolve(folder, configuration) {
  if (!configuration.type && !configuration.request && !configuration.name) {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== 'ulid') return null;
    configuration = ofFile(editor.document.fileName);
  }
  if (!program()) {
    complain();
    return undefined;
  }
  if (!configuration.wrap) return configuration;
  const named = vscode.workspace.getConfiguration('launch', folder).get('configurations') ?? [];
  try {
    return wrapped(configuration, named);
  } catch (error) {
    vscode.window.showErrorMessage(error.message);
    return undefined;
  }
}

function adapterOf(session) {
  const { connect, wrappedType } = session.configuration;
  // a child of a wrapped session: its address leads through the wrapping already
  if (connect?.port) return new vscode.DebugAdapterServer(connect.port, connect.host);
  const args = wrappedType ? ['wrap', presetFor(wrappedType)] : ['inspect'];
  return new vscode.DebugAdapterExecutable(program() ?? setting(), args);
}

module.exports = { activate };
