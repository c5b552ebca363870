// Which preset of `ulid-dap wrap` stands for a debug type, and what a wrapped configuration looks like.

const PRESETS = {
  debugpy: 'debugpy',
  python: 'debugpy',
  'lldb-dap': 'lldb',
  lldb: 'codelldb',
  go: 'delve',
  gdb: 'gdb',
};

function presetFor(type) {
  return PRESETS[type];
}

// The named configuration under our type, with our own settings over it.
function wrapped(configuration, known) {
  const { wrap, ...own } = configuration;
  const named = known.find(candidate => candidate.name === wrap);
  if (!named) throw new Error(`There is no launch configuration "${wrap}" to wrap.`);
  if (!presetFor(named.type)) {
    throw new Error(`Configurations of type "${named.type}" cannot be wrapped; these can: ${Object.keys(PRESETS).join(', ')}.`);
  }
  return { ...named, ...own, request: named.request, wrappedType: named.type };
}

module.exports = { presetFor, wrapped };
