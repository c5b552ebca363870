// The debug type `ulid`: `ulid-dap inspect` for a file of IDs, and `ulid-dap wrap` in front of the adapters of other types.
const vscode = require('vscode');
const { WORD, describe, find, hint } = require('./hints');
const { listen } = require('./listener');
const { findProgram } = require('./program');
const { Times } = require('./times');
const { isWrapped, presetFor, programArguments, refuse, wrapped } = require('./wrapped');

const GUIDE = 'https://crates.io/crates/ulid-dap';
// how long a session may take to begin once it has an adapter
const BEGIN_MS = 60_000;

let extensionFolder = __dirname;
/** The adapters that were started, by their ports.
 * @type {Map<number, () => void>} */
const running = new Map();

/** @param {vscode.ExtensionContext} context */
function activate(context) {
  extensionFolder = context.extensionPath ?? __dirname;
  const dynamic = vscode.DebugConfigurationProviderTriggerKind.Dynamic;
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider('ulid', { resolveDebugConfiguration: resolve }),
    vscode.debug.registerDebugConfigurationProvider('ulid', { provideDebugConfigurations: offers }, dynamic),
    vscode.debug.registerDebugConfigurationProvider('*', { resolveDebugConfigurationWithSubstitutedVariables: wrap }),
    vscode.debug.registerDebugAdapterDescriptorFactory('ulid', { createDebugAdapterDescriptor: adapterOf }),
    vscode.debug.registerDebugAdapterTrackerFactory('*', { createDebugAdapterTracker: trackerOf }),
    vscode.debug.onDidTerminateDebugSession(ended),
    vscode.languages.registerHoverProvider('*', { provideHover: hover }),
    vscode.languages.registerInlayHintsProvider('*', { provideInlayHints: hints }),
    vscode.commands.registerCommand('ulid.stepThroughFile', stepThroughFile),
    vscode.commands.registerCommand('ulid.startDecoded', startDecoded),
  );
}

function deactivate() {
  for (const end of running.values()) end();
}

function settings() {
  return vscode.workspace.getConfiguration('ulid');
}

/** @returns {string} */
function setting() {
  return settings().get('path', 'ulid-dap');
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

/** @param {string} file */
function ofFile(file) {
  return { type: 'ulid', request: 'launch', name: 'Step through this file of IDs', program: file };
}

/** @param {vscode.Uri} [uri] */
function stepThroughFile(uri) {
  const file = uri?.fsPath ?? vscode.window.activeTextEditor?.document.fileName;
  if (!file) return vscode.window.showErrorMessage('Open a file of IDs first, or choose one in the explorer.');
  return vscode.debug.startDebugging(undefined, ofFile(file));
}

/** The launch configurations of a folder.
 * @param {vscode.WorkspaceFolder} [folder]
 * @returns {vscode.DebugConfiguration[]} */
function configurations(folder) {
  return vscode.workspace.getConfiguration('launch', folder).get('configurations') ?? [];
}

// Each configuration of launch.json that can be wrapped, for the list of the launch menu.
/** @param {vscode.WorkspaceFolder | undefined} folder */
function offers(folder) {
  const known = configurations(folder).filter(known => presetFor(known.type));
  return known.map(({ name }) => ({ type: 'ulid', request: 'launch', name: `${name} with ULIDs decoded`, wrap: name }));
}

// The command: one of these configurations, chosen by the user.
async function startDecoded() {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const known = offers(folder);
  if (known.length === 0) {
    return vscode.window.showErrorMessage('There is no launch configuration whose ULIDs could be decoded. Write one into launch.json first.');
  }
  const names = known.map(({ wrap }) => wrap);
  const chosen = names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { title: 'Start with ULIDs decoded' });
  const configuration = known.find(({ wrap }) => wrap === chosen);
  return configuration && vscode.debug.startDebugging(folder, configuration);
}

// F5 in a file of IDs, without any configuration, steps through that file. `null` opens launch.json. A configuration that
// names another becomes that one, which goes on under its own type.
/**
 * @param {vscode.WorkspaceFolder | undefined} folder
 * @param {vscode.DebugConfiguration} configuration
 */
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
  return orSay(() => wrapped(configuration, configurations(folder)));
}

// The last word on a configuration of any type, after its own extension had it: the port of an adapter that is wrapped.
/**
 * @param {vscode.WorkspaceFolder | undefined} folder
 * @param {vscode.DebugConfiguration} configuration
 */
async function wrap(folder, configuration) {
  if (configuration.type === 'ulid' || !isWrapped(configuration, settings().get('types', []))) return configuration;
  const found = program();
  if (!found) {
    complain();
    return undefined;
  }
  return orSay(async () => {
    refuse(configuration.type);
    const { type, cwd } = configuration;
    const adapter = await listen(found, presetFor(type) ?? '', programArguments(type, configuration), cwd ?? folder?.uri.fsPath);
    running.set(adapter.port, adapter.end);
    setTimeout(() => begun.has(adapter.port) || end(adapter.port), BEGIN_MS).unref();
    return { ulid: {}, ...configuration, debugServer: adapter.port };
  });
}

/** The result, or `undefined` once the reason why there is none was told.
 * @template T
 * @param {() => T} make */
function orSay(make) {
  const say = (/** @type {any} */ error) => {
    vscode.window.showErrorMessage(error.message);
    return undefined;
  };
  try {
    const made = make();
    return made instanceof Promise ? made.catch(say) : made;
  } catch (error) {
    return say(error);
  }
}

/** Ports of sessions that have begun.
 * @type {Set<number>} */
const begun = new Set();

/** @param {number} port */
function end(port) {
  running.get(port)?.();
  running.delete(port);
  begun.delete(port);
}

/** @param {vscode.DebugSession} session */
function ended(session) {
  const port = session.configuration.debugServer;
  if (running.has(port)) end(port);
}

// Sessions without wrapping show the times at least.
/** @param {vscode.DebugSession} session */
function trackerOf(session) {
  const { debugServer } = session.configuration;
  if (running.has(debugServer)) {
    begun.add(debugServer);
    return undefined;
  }
  if (session.type === 'ulid' || !settings().get('times', true)) return undefined;
  const times = new Times();
  return {
    onWillReceiveMessage: (/** @type {any} */ message) => times.onWillReceiveMessage(message),
    onDidSendMessage: (/** @type {any} */ message) => times.onDidSendMessage(message),
  };
}

// Meaning of the ULID under the cursor, in any file.
/** @param {vscode.TextDocument} document
 * @param {vscode.Position} position */
function hover(document, position) {
  const range = document.getWordRangeAtPosition(position, WORD);
  return range && new vscode.Hover(describe(document.getText(range), Date.now()), range);
}

// The time behind each ULID of the visible lines.
/** @param {vscode.TextDocument} document
 * @param {vscode.Range} range */
function hints(document, range) {
  if (!settings().get('hints', true)) return [];
  const first = document.offsetAt(range.start);
  const now = Date.now();
  return find(document.getText(range)).flatMap(({ id, end }) => {
    const time = hint(id, now);
    if (time === undefined) return [];
    const shown = new vscode.InlayHint(document.positionAt(first + end), time);
    shown.paddingLeft = true;
    return [shown];
  });
}

function adapterOf() {
  return new vscode.DebugAdapterExecutable(program() ?? setting(), ['inspect']);
}

module.exports = { activate, deactivate };
