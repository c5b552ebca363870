// The debug type `ulid`: `ulid-dap inspect` for a file of IDs, `ulid-dap wrap` before another adapter.
const vscode = require('vscode');
const { presetFor, wrapped } = require('./wrapped');

function activate(context) {
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider('ulid', { resolveDebugConfiguration: resolve }),
    vscode.debug.registerDebugAdapterDescriptorFactory('ulid', { createDebugAdapterDescriptor: adapterOf }),
  );
}

// F5 in a file of IDs, without any configuration, steps through that file.
function resolve(folder, configuration) {
  if (!configuration.type && !configuration.request && !configuration.name) {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== 'ulid') return undefined;
    return { type: 'ulid', request: 'launch', name: 'IDs', program: editor.document.fileName };
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
  const program = vscode.workspace.getConfiguration('ulid').get('path', 'ulid-dap');
  const { connect, wrappedType } = session.configuration;
  // a child of a wrapped session: its address leads through the wrapping already
  if (connect?.port) return new vscode.DebugAdapterServer(connect.port, connect.host);
  const args = wrappedType ? ['wrap', presetFor(wrappedType)] : ['inspect'];
  return new vscode.DebugAdapterExecutable(program, args);
}

module.exports = { activate };
