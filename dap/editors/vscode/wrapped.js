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
  const found = known.find(candidate => candidate.name === wrap);
  const { cargo, ...rest } = found ?? {};
  const named = found && (own.program ? rest : found);
  if (!named) throw new Error(`There is no launch configuration "${wrap}" to wrap.`);
  if (!presetFor(named.type)) {
    throw new Error(`Configurations of type "${named.type}" cannot be wrapped; these can: ${Object.keys(PRESETS).join(', ')}.`);
  }
  if (named.cargo) {
    throw new Error(`"${wrap}" lets CodeLLDB build by "cargo", which its own extension does and this one does not; give the built "program" in "${own.name}".`);
  }
  return { ...named, ...own, request: named.request, wrappedType: named.type };
}

module.exports = { presetFor, wrapped };
