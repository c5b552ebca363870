// Prints what the extension does in a host that keeps what it is told. The first argument is the folder of the extension,
// the second a folder in which ulid-dap lies.
const Module = require('module');
const path = require('path');
const [extensionFolder, programFolder] = process.argv.slice(2);

const settings = { 'ulid.path': 'ulid-dap', 'launch.configurations': [] };
const host = { said: [], editor: undefined, started: [], commands: {} };
const vscode = {
  debug: {
    registerDebugConfigurationProvider: (_, provider) => { host.resolve = provider.resolveDebugConfiguration; },
    registerDebugAdapterDescriptorFactory: (_, factory) => { host.adapter = factory.createDebugAdapterDescriptor; },
    startDebugging: (_, configuration) => { host.started.push(configuration); },
  },
  commands: {
    registerCommand: (name, run) => { host.commands[name] = run; },
    executeCommand: (...words) => { host.said.push(words.join(' ')); },
  },
  window: {
    get activeTextEditor() { return host.editor; },
    showErrorMessage: async (words, ...choices) => { host.said.push([words, ...choices].join(' | ')); return choices[0]; },
  },
  workspace: {
    getConfiguration: section => ({ get: (name, missing) => settings[`${section}.${name}`] ?? missing }),
  },
  env: { openExternal: () => {} },
  Uri: { parse: text => text },
  DebugAdapterExecutable: function (command, args) { Object.assign(this, { command, args }); },
  DebugAdapterServer: function (port, host) { Object.assign(this, { port, host }); },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

process.env.PATH = '';
process.env.CARGO_HOME = '/nowhere';
require(path.join(extensionFolder, 'extension.js')).activate({ subscriptions: [], extensionPath: '/nowhere' });

function show(what, value) {
  console.log(`${what}: ${JSON.stringify(value)?.replaceAll(programFolder, '…')}`);
}
const file = languageId => ({ document: { languageId, fileName: '/x/ids' } });

(async () => {
  // without the program
  show('not found', host.resolve(undefined, { type: 'ulid', request: 'launch', name: 'x', program: 'y' }));
  await new Promise(setImmediate);
  show('said', host.said.splice(0));
  settings['ulid.path'] = '/no/such/ulid-dap';
  show('wrong path', host.resolve(undefined, { type: 'ulid', request: 'launch', name: 'x', program: 'y' }));
  await new Promise(setImmediate);
  show('said', host.said.splice(0));
  settings['ulid.path'] = 'ulid-dap';
  process.env.CARGO_HOME = path.dirname(programFolder);
  // F5 without a configuration
  for (const language of ['python', 'rust', 'ulid']) {
    host.editor = file(language);
    show(language, host.resolve(undefined, {}));
  }
  host.commands['ulid.stepThroughFile']({ fsPath: '/x/t.csv' });
  show('started', host.started);
  show('adapter', host.adapter({ configuration: { type: 'ulid', program: '/x/ids' } }));
  settings['launch.configurations'] = [
    { name: 'App', type: 'debugpy', request: 'launch', program: 'a.py' },
    { name: 'Rust', type: 'lldb', request: 'launch', cargo: { args: ['build'] } },
    { name: 'Node', type: 'node', request: 'launch' },
  ];
  const wrap = (wrap, more) => host.resolve(undefined, { type: 'ulid', request: 'launch', name: `${wrap} with ULIDs`, wrap, ...more });
  show('wrapped', wrap('App'));
  show('adapter', host.adapter({ configuration: wrap('App') }));
  show('cargo', wrap('Rust'));
  show('built', wrap('Rust', { program: 'target/debug/x' }));
  show('node', wrap('Node'));
  show('missing', wrap('Nobody'));
  host.said.forEach(words => console.log(words));
})();
