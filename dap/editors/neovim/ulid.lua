-- nvim-dap: any adapter with its ULIDs decoded, and files of IDs as programs.
-- Copy to ~/.config/nvim/lua/ulid.lua, and call require('ulid').setup() after the adapters are defined.

local ulid = {}

--- The adapter with `ulid-dap wrap` in front. Works for adapters of the type `executable`.
function ulid.wrap(adapter)
  local arguments = { 'wrap', '--', adapter.command }
  vim.list_extend(arguments, adapter.args or {})
  return vim.tbl_extend('force', adapter, { command = 'ulid-dap', args = arguments })
end

--- A server that nvim-dap starts (delve, js-debug): `command` prints the port on which it listens.
--- Sessions of theirs that open a second connection come through the same port.
function ulid.wrap_server(command)
  local arguments = { 'wrap', '--listen', '127.0.0.1:${port}', '--announces', '--' }
  vim.list_extend(arguments, command)
  return {
    type = 'server',
    host = '127.0.0.1',
    port = '${port}',
    executable = { command = 'ulid-dap', args = arguments },
  }
end

function ulid.setup()
  local dap = require('dap')
  for name, adapter in pairs(dap.adapters) do
    if type(adapter) == 'table' and adapter.type == 'executable' and adapter.command ~= 'ulid-dap' then
      dap.adapters[name] = ulid.wrap(adapter)
    end
  end
  dap.adapters.ulid = { type = 'executable', command = 'ulid-dap', args = { 'inspect' } }
  dap.configurations.ulid = {
    { type = 'ulid', request = 'launch', name = 'IDs', program = '${file}' },
  }
  vim.filetype.add({ extension = { ulid = 'ulid' } })
end

return ulid
