// Prints what the extension does in a host that keeps what it is told. The first argument is the folder of the extension,
// the second a folder in which ulid-dap lies, the third one with an adapter for `ulid-dap wrap lldb`.
const Module = require('module');
const net = require('net');
const path = require('path');
const [extensionFolder, programFolder, adapterFolder] = process.argv.slice(2);

const settings = { 'ulid.path': 'ulid-dap', 'launch.configurations': [] };
const host = { said: [], editor: undefined, started: [], commands: {}, resolvers: {}, picked: undefined };
const vscode = {
  debug: {
    registerDebugConfigurationProvider: (type, provider, trigger) => {
      const own = (host.resolvers[type] ??= {});
      Object.assign(own, provider, trigger === undefined ? {} : { trigger });
    },
    registerDebugAdapterDescriptorFactory: (_, factory) => { host.adapter = factory.createDebugAdapterDescriptor; },
    registerDebugAdapterTrackerFactory: (type, factory) => { host.tracker = factory.createDebugAdapterTracker; host.tracked = type; },
    onDidTerminateDebugSession: ended => { host.ended = ended; },
    startDebugging: (_, configuration) => { host.started.push(configuration); },
  },
  languages: {
    registerHoverProvider: (_, provider) => { host.hover = provider.provideHover; },
    registerInlayHintsProvider: (_, provider) => { host.hints = provider.provideInlayHints; },
  },
  commands: {
    registerCommand: (name, run) => { host.commands[name] = run; },
    executeCommand: (...words) => { host.said.push(words.join(' ')); },
  },
  window: {
    get activeTextEditor() { return host.editor; },
    showErrorMessage: async (words, ...choices) => { host.said.push([words, ...choices].join(' | ')); return choices[0]; },
    showQuickPick: async names => { host.said.push(`pick ${names.join(', ')}`); return host.picked; },
  },
  workspace: {
    getConfiguration: section => ({ get: (name, missing) => settings[`${section}.${name}`] ?? missing }),
  },
  env: { openExternal: () => {} },
  Uri: { parse: text => text },
  DebugConfigurationProviderTriggerKind: { Initial: 1, Dynamic: 2 },
  Hover: function (contents, range) { Object.assign(this, { contents, range }); },
  InlayHint: function (position, label) { Object.assign(this, { position, label }); },
  DebugAdapterExecutable: function (command, args) { Object.assign(this, { command, args }); },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

process.env.PATH = adapterFolder;
process.env.CARGO_HOME = '/nowhere';
const extension = require(path.join(extensionFolder, 'extension.js'));
extension.activate({ subscriptions: [], extensionPath: '/nowhere' });
const resolve = configuration => host.resolvers.ulid.resolveDebugConfiguration(undefined, configuration);
const last = configuration => host.resolvers['*'].resolveDebugConfigurationWithSubstitutedVariables(undefined, configuration);

function show(what, value) {
  console.log(`${what}: ${JSON.stringify(value)?.replaceAll(programFolder, '…')}`);
}
const file = languageId => ({ document: { languageId, fileName: '/x/ids' } });
const said = async () => {
  await new Promise(setImmediate);
  return host.said.splice(0);
};

// Speaks with an adapter that listens: its answers to these requests.
function speak(port, requests) {
  return new Promise((done, failed) => {
    const socket = net.connect(port, '127.0.0.1');
    const answers = [];
    let heard = Buffer.alloc(0);
    socket.on('error', failed);
    socket.on('data', data => {
      heard = Buffer.concat([heard, data]);
      for (let at; (at = heard.indexOf('\r\n\r\n')) >= 0; ) {
        const end = at + 4 + Number(/Content-Length: (\d+)/.exec(heard.subarray(0, at))[1]);
        if (heard.length < end) return;
        const message = JSON.parse(heard.subarray(at + 4, end));
        heard = heard.subarray(end);
        if (message.type === 'response') answers.push(message);
        if (answers.length === requests.length) { socket.destroy(); done(answers); }
      }
    });
    requests.forEach(([command, given], seq) => {
      const message = JSON.stringify({ seq: seq + 1, type: 'request', command, arguments: given });
      socket.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
    });
  });
}

async function withoutTheProgram() {
  show('not found', resolve({ type: 'ulid', request: 'launch', name: 'x', program: 'y' }));
  show('said', await said());
  settings['ulid.path'] = '/no/such/ulid-dap';
  show('wrong path', resolve({ type: 'ulid', request: 'launch', name: 'x', program: 'y' }));
  show('said', await said());
  show('not wrapped', await last({ type: 'debugpy', request: 'launch', name: 'x', ulid: {} }));
  show('said', await said());
  settings['ulid.path'] = 'ulid-dap';
  process.env.CARGO_HOME = path.dirname(programFolder);
}

async function files() {
  for (const language of ['python', 'rust', 'ulid']) {
    host.editor = file(language);
    show(language, resolve({}));
  }
  host.commands['ulid.stepThroughFile']({ fsPath: '/x/t.csv' });
  show('started', host.started.splice(0));
  show('adapter', host.adapter({ configuration: { type: 'ulid', program: '/x/ids' } }));
}

async function configurations() {
  await host.commands['ulid.startDecoded']();
  show('none to start', await said());
  settings['launch.configurations'] = [
    { name: 'App', type: 'debugpy', request: 'launch', program: 'a.py', justMyCode: false },
    { name: 'Rust', type: 'lldb', request: 'launch', cargo: { args: ['build'] } },
    { name: 'Node', type: 'node', request: 'launch' },
  ];
  show('offered', host.resolvers.ulid.provideDebugConfigurations());
  host.picked = 'Rust';
  await host.commands['ulid.startDecoded']();
  show('said', await said());
  show('started', host.started.splice(0));
  const wrap = (wrap, more) => resolve({ type: 'ulid', request: 'launch', name: `${wrap} with ULIDs`, wrap, ...more });
  show('wrapped', wrap('App', { ulid: { timeZone: 'local' } }));
  show('cargo', wrap('Rust'));
  show('node', wrap('Node'));
  show('missing', wrap('Nobody'));
  show('said', await said());
}

async function sessions() {
  const plain = { type: 'lldb-dap', request: 'launch', name: 'x', program: 'y' };
  show('left alone', await last(plain));
  show('node', await last({ type: 'node', request: 'launch', name: 'x', ulid: {} }));
  show('said', await said());
  settings['ulid.types'] = ['lldb-dap', 'debugpy'];
  show('a process of another', await last({ type: 'debugpy', request: 'attach', name: 'x', subProcessId: 7 }));
  show('its own adapter', await last({ ...plain, debugServer: 4711 }));
  const { debugServer, ...rest } = await last(plain);
  show('chosen', rest);
  const session = { type: 'lldb-dap', configuration: { ...rest, debugServer } };
  show('tracked', host.tracker(session));
  const [initialized, rows] = await speak(debugServer, [
    ['initialize', { adapterID: 'lldb-dap' }],
    ['variables', { variablesReference: 1 }],
  ]);
  show('initialized', initialized.success);
  show('row', rows.body.variables[0].value);
  host.ended(session);
  await new Promise(wait => setTimeout(wait, 200));
  show('after its end', await speak(debugServer, [['initialize', {}]]).then(() => 'answered', error => error.code));
  settings['ulid.types'] = [];
}

function times() {
  show('types that are tracked', host.tracked);
  const tracker = host.tracker({ type: 'node', configuration: {} });
  const asked = (seq, command, given) => {
    const message = { type: 'request', seq, command, arguments: given };
    tracker.onWillReceiveMessage(message);
    return message.arguments;
  };
  const answered = (seq, command, body) => {
    const message = { type: 'response', request_seq: seq, success: true, command, body };
    tracker.onDidSendMessage(message);
    return message.body;
  };
  const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const row = (name, value) => ({ name, value, variablesReference: 0 });
  asked(1, 'variables', { variablesReference: 4 });
  const { variables } = answered(1, 'variables', {
    variables: [
      row('a', `'${id}'`), row('b', `"${id.toLowerCase()}"`), row('c', `${id}`), row('d', `'${id}0'`), row('e', "'12345678901234567890123456'"),
      row('token', "'5GVNSXACBQ5A9C3JZR4K1T2M7H'"), row('userId', "'5GVNSXACBQ5A9C3JZR4K1T2M7H'"), row('f', "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ'"),
      { name: 'no value' },
      row(`'${id}'`, '5'), row(`"${id}"`, `'${id}'`), { name: `'${id}'` },
    ],
  });
  variables.forEach(({ name, value }) => show(name, value));
  const shown = `'${id}' ⟶ 2016-07-30T23:54:10.259Z`;
  show('set', asked(2, 'setVariable', { variablesReference: 4, name: 'a', value: shown }).value);
  const keyed = variables[10].value;
  show('set by key', asked(5, 'setVariable', { variablesReference: 4, name: `'${id}'`, value: keyed }).value);
  show('now', answered(2, 'setVariable', { value: `'${id}'` }).value);
  show('watched', asked(3, 'evaluate', { expression: shown, context: 'hover' }).expression);
  show('hovered', answered(3, 'evaluate', { result: `'${id}'`, variablesReference: 0 }).result);
  asked(4, 'evaluate', { expression: 'a', context: 'clipboard' });
  show('copied', answered(4, 'evaluate', { result: `'${id}'`, variablesReference: 0 }).result);
  settings['ulid.times'] = false;
  show('turned off', host.tracker({ type: 'node', configuration: {} }));
}

// A file whose positions are offsets.
function documentOf(text) {
  return {
    getText: range => text.slice(...(range ?? [])),
    offsetAt: position => position,
    positionAt: offset => offset,
    getWordRangeAtPosition: (position, word) => {
      const found = [...text.matchAll(new RegExp(word, 'g'))].find(({ 0: id, index }) => index <= position && position < index + id.length);
      return found && [found.index, found.index + found[0].length];
    },
  };
}

function inFiles() {
  const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const text = `x ${id}, user_${id.toLowerCase()} ${id}0 5GVNSXACBQ5A9C3JZR4K1T2M7H 12345678901234567890123456`;
  const range = Object.assign([0, text.length], { start: 0, end: text.length });
  show('hints', host.hints(documentOf(text), range));
  show('hover', host.hover(documentOf(text), 5)?.contents.filter(line => !/ago$/.test(line)));
  show('age', /^\d+ years ago$/.test(host.hover(documentOf(text), 5).contents[1]));
  show('no hover', host.hover(documentOf(text), 0));
  settings['ulid.hints'] = false;
  show('turned off', host.hints(documentOf(text), range));
}

setTimeout(() => process.exit(3), 60_000).unref();
(async () => {
  await withoutTheProgram();
  await files();
  await configurations();
  await sessions();
  times();
  inFiles();
  extension.deactivate();
})();
