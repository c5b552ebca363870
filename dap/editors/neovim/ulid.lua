-- nvim-dap: any adapter with its ULIDs decoded, and files of IDs as programs.
-- Copy to ~/.config/nvim/lua/ulid.lua, and call require('ulid').setup() after the adapters are defined.

local ulid = { program = 'ulid-dap' }

--- The types of files that are offered to be stepped through.
ulid.filetypes = { 'ulid', 'csv', 'tsv', 'json', 'jsonl', 'log', 'text' }

local function listening(arguments)
  return vim.list_extend({ 'wrap', '--listen', '127.0.0.1:${port}', '--announces', '--' }, arguments)
end

--- A server that nvim-dap starts (delve, js-debug): `command` prints the port on which it listens.
--- Sessions of theirs that open a second connection come through the same port.
function ulid.wrap_server(command)
  return {
    type = 'server',
    host = '127.0.0.1',
    port = '${port}',
    executable = { command = ulid.program, args = listening(vim.deepcopy(command)) },
  }
end

local function with(adapter, changes)
  return vim.tbl_extend('force', adapter, changes)
end

local function wrap_server_adapter(adapter)
  local executable = adapter.executable
  if not executable then
    -- it runs already
    local address = string.format('%s:%s', adapter.host or '127.0.0.1', adapter.port)
    local wrapped = with(adapter, { type = 'executable', command = ulid.program, args = { 'wrap', '--connect', address } })
    wrapped.host, wrapped.port = nil, nil
    return wrapped
  end
  local own_port = adapter.port == '${port}'
  if not own_port then
    return nil, 'its port is not ${port}'
  end
  local command = { executable.command }
  for _, argument in ipairs(executable.args or {}) do
    -- it takes a port of its own, and says which
    table.insert(command, (argument:gsub('%${port}', '0')))
  end
  return with(adapter, {
    host = '127.0.0.1',
    executable = with(executable, { command = ulid.program, args = listening(command) }),
  })
end

--- The adapter with `ulid-dap wrap` in front; nil and the reason where that cannot be.
function ulid.wrap(adapter)
  if type(adapter) == 'function' then
    return function(callback, config, parent)
      adapter(function(made)
        local wrapped, reason = ulid.wrap(made)
        if not wrapped then
          vim.notify('ulid: not wrapped, ' .. reason, vim.log.levels.WARN)
        end
        callback(wrapped or made)
      end, config, parent)
    end
  end
  local command = adapter.command or (adapter.executable or {}).command
  if command == ulid.program then
    return adapter
  end
  if adapter.type == 'server' then
    return wrap_server_adapter(adapter)
  end
  if adapter.type ~= 'executable' or type(adapter.command) ~= 'string' then
    return nil, 'it is no program and no server'
  end
  local arguments = vim.list_extend({ 'wrap', '--', adapter.command }, adapter.args or {})
  return with(adapter, { command = ulid.program, args = arguments })
end

local function add_inspector(dap)
  dap.adapters.ulid = { type = 'executable', command = ulid.program, args = { 'inspect' } }
  local configuration =
    { type = 'ulid', request = 'launch', name = 'Step through this file of IDs', program = '${file}' }
  for _, filetype in ipairs(ulid.filetypes) do
    local configurations = dap.configurations[filetype] or {}
    table.insert(configurations, configuration)
    dap.configurations[filetype] = configurations
  end
  vim.filetype.add({ extension = { ulid = 'ulid', jsonl = 'jsonl', tsv = 'tsv' } })
end

local space = vim.api.nvim_create_namespace('ulid')
local digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

--- The time of a ULID from 2005 to a year ahead; nil for other words.
local function time_of(word)
  if #word ~= 26 or not word:find('^[0-7]') or word:find('[ILOUilou]') or not word:find('%a') then
    return nil
  end
  if word ~= word:upper() and word ~= word:lower() then
    return nil
  end
  local ms = 0
  for digit in word:sub(1, 10):upper():gmatch('.') do
    ms = ms * 32 + digits:find(digit, 1, true) - 1
  end
  local seconds = math.floor(ms / 1000)
  if seconds < 1104537600 or seconds > os.time() + 31557600 then
    return nil
  end
  return os.date('!%Y-%m-%dT%H:%M:%S', seconds) .. string.format('.%03dZ', ms % 1000)
end

--- The times of the ULIDs in a line, in their order.
function ulid.times_of(line)
  local times = {}
  for word in line:gmatch('%w+') do
    local time = time_of(word)
    if time then
      table.insert(times, time)
    end
  end
  return times
end

--- Shows the times of the visible lines of a window's buffer behind them.
local function show_times(window)
  local buffer = vim.api.nvim_win_get_buf(window)
  if not vim.b[buffer].ulid_times then
    return
  end
  local first, last = vim.fn.line('w0', window), vim.fn.line('w$', window)
  vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, first - 1, last, false)) do
    local times = ulid.times_of(line)
    if #times > 0 then
      local text = { { '⟶ ' .. table.concat(times, ', '), 'Comment' } }
      vim.api.nvim_buf_set_extmark(buffer, space, first + number - 2, 0, { virt_text = text })
    end
  end
end

--- Turns the times of the ULIDs in the current buffer on, or off.
function ulid.toggle_times()
  local is_on = not vim.b.ulid_times
  vim.b.ulid_times = is_on
  vim.api.nvim_buf_clear_namespace(0, space, 0, -1)
  local group = vim.api.nvim_create_augroup('ulid_times', { clear = true })
  vim.api.nvim_create_autocmd({ 'BufWinEnter', 'TextChanged', 'TextChangedI', 'WinScrolled' }, {
    group = group,
    callback = function()
      show_times(vim.api.nvim_get_current_win())
    end,
  })
  show_times(vim.api.nvim_get_current_win())
end

function ulid.setup()
  local dap = require('dap')
  local left = {}
  for name, adapter in pairs(dap.adapters) do
    local wrapped, reason = ulid.wrap(adapter)
    if wrapped then
      dap.adapters[name] = wrapped
    else
      table.insert(left, string.format('%s (%s)', name, reason))
    end
  end
  if #left > 0 then
    table.sort(left)
    vim.notify('ulid: not wrapped: ' .. table.concat(left, ', '), vim.log.levels.WARN)
  end
  add_inspector(dap)
  vim.api.nvim_create_user_command('UlidTimes', ulid.toggle_times, { desc = 'Show the times of ULIDs behind their lines' })
  vim.api.nvim_create_user_command('UlidStep', function()
    dap.run({ type = 'ulid', request = 'launch', name = 'IDs', program = vim.api.nvim_buf_get_name(0) })
  end, { desc = 'Step through this file of IDs' })
end

return ulid
