-- Prints what becomes of adapters as nvim-dap has them, one a line. The first argument is the folder of ulid.lua.
package.path = arg_folder .. '/?.lua;' .. package.path

local dap = { adapters = {}, configurations = { csv = { { name = 'other' } } } }
package.loaded['dap'] = dap
local said = {}
vim.notify = function(words) table.insert(said, words) end

dap.adapters.plain = { type = 'executable', command = 'lldb-dap', args = { '-x' }, options = { cwd = '/x' } }
-- as nvim-dap-python has it
dap.adapters.python = function(callback, config)
  if config.request == 'attach' then
    callback({ type = 'server', host = config.connect.host, port = config.connect.port, enrich_config = 'kept' })
  else
    callback({ type = 'executable', command = 'python3', args = { '-m', 'debugpy.adapter' }, enrich_config = 'kept' })
  end
end
dap.adapters.delve =
  { type = 'server', port = '${port}', executable = { command = 'dlv', args = { 'dap', '-l', '127.0.0.1:${port}' } } }
dap.adapters.js = {
  type = 'server',
  host = 'localhost',
  port = '${port}',
  executable = { command = 'node', args = { '/x/dapDebugServer.js', '${port}' } },
}
dap.adapters.piped = { type = 'pipe', pipe = '${pipe}' }
dap.adapters.fixed = { type = 'server', port = 4711, executable = { command = 'x' } }

local ulid = require('ulid')
ulid.setup()

local function show(name, adapter)
  local run = adapter.executable or adapter
  local words = { run.command, unpack(run.args or {}) }
  print(name .. ': ' .. adapter.type .. ' ' .. table.concat(words, ' ') .. ' | ' .. tostring(adapter.port)
    .. ' ' .. tostring(adapter.enrich_config or (adapter.options or {}).cwd))
end

show('plain', dap.adapters.plain)
dap.adapters.python(function(adapter) show('python', adapter) end, { request = 'launch' })
dap.adapters.python(function(adapter) show('attach', adapter) end, { request = 'attach', connect = { host = '127.0.0.1', port = 5678 } })
show('delve', dap.adapters.delve)
show('js', dap.adapters.js)
show('piped', dap.adapters.piped)
show('own', ulid.wrap_server({ 'dlv', 'dap', '--listen=127.0.0.1:0' }))
show('ulid', dap.adapters.ulid)
for _, words in ipairs(said) do print(words) end
-- a second call wraps nothing twice
ulid.setup()
show('plain', dap.adapters.plain)
print('csv: ' .. dap.configurations.csv[1].name .. ', ' .. dap.configurations.csv[2].name)
-- times behind the lines of a buffer, and away again
vim.api.nvim_buf_set_lines(0, 0, -1, false, {
  'GET /users/01ARZ3NDEKTSV4RRFFQ69G5FAV by user_01arz3ndektsv4rrffq69g5fav',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV0 5GVNSXACBQ5A9C3JZR4K1T2M7H 12345678901234567890123456 01ARZ3NDEKTSV4RRFFQ69G5FaV',
})
local function marks()
  local found = {}
  for _, space in pairs(vim.api.nvim_get_namespaces()) do
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
      table.insert(found, mark[2] + 1 .. ' ' .. mark[4].virt_text[1][1])
    end
  end
  return 'marks: ' .. table.concat(found, ' | ')
end
vim.cmd('UlidTimes')
print(marks())
vim.cmd('UlidTimes')
print(marks())
