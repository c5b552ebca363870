// Which preset of `ulid-dap wrap` stands for a debug type, and which configurations are wrapped.

/** @type {Record<string, string>} */
const PRESETS = {
  debugpy: 'debugpy',
  python: 'debugpy',
  'lldb-dap': 'lldb',
  lldb: 'codelldb',
  go: 'delve',
  gdb: 'gdb',
  rdbg: 'rdbg',
  coreclr: 'netcoredbg',
  cppdbg: 'cppdbg',
  php: 'php',
};

/** What the adapter of a type finds on the command line instead of in the configuration.
 * @param {string} type
 * @param {Record<string, any>} configuration
 * @returns {string[]} */
function programArguments(type, configuration) {
  // rdbg is the program that it debugs
  if (type !== 'rdbg') return [];
  const { script, command, args = [] } = configuration;
  const started = command ? ['-c', '--', command, script] : [script];
  return [...started, ...args].filter(word => typeof word === 'string');
}

/** @param {string | undefined} type */
function presetFor(type) {
  return type === undefined ? undefined : PRESETS[type];
}

/** A configuration is wrapped if it has an `ulid` object, or if its type is one of the chosen. One that names its own adapter is
 * left alone.
 * @param {Record<string, any>} configuration
 * @param {string[]} types */
function isWrapped(configuration, types) {
  const isWanted = configuration.ulid !== undefined || types.includes(configuration.type);
  // a process of a Python program: its address leads through the wrapping already
  const isChild = configuration.subProcessId !== undefined;
  return isWanted && !isChild && configuration.debugServer === undefined;
}

/** The named configuration, which keeps its type, with an `ulid` object and what stands beside the name.
 * @template {Record<string, any>} T
 * @param {Record<string, any>} configuration
 * @param {T[]} known
 * @returns {T} */
function wrapped(configuration, known) {
  const { wrap, type, ulid = {}, request, ...own } = configuration;
  const named = known.find(candidate => candidate.name === wrap);
  if (!named) throw new Error(`There is no launch configuration "${wrap}" to wrap.`);
  refuse(named.type);
  return { ...named, ...own, ulid };
}

/** Throws for a type that cannot be wrapped.
 * @param {string} type */
function refuse(type) {
  if (presetFor(type)) return;
  const types = Object.keys(PRESETS).join(', ');
  throw new Error(
    `Sessions of type "${type}" cannot be wrapped; these can: ${types}. Without "ulid" they show the times of ULIDs as text.`,
  );
}

module.exports = { isWrapped, presetFor, programArguments, refuse, wrapped };
