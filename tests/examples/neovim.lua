-- A session of `ulid-dap` in Neovim with nvim-dap, as a person has it before their eyes after a few keys.
-- The environment says what it is made of: NVIM_DAP is a folder of nvim-dap, ULID_LUA that of ulid.lua, ULID_DAP the program,
-- PROGRAMS the files, with a comma between.
vim.opt.runtimepath:append(vim.env.NVIM_DAP)
package.path = vim.env.ULID_LUA .. '/?.lua;' .. package.path
vim.opt.number = true
vim.opt.signcolumn = 'yes'
vim.opt.laststatus = 2
vim.opt.swapfile = false
vim.opt.shadafile = 'NONE'
vim.opt.hidden = true
vim.cmd('highlight SignColumn ctermbg=none | highlight VertSplit cterm=none ctermbg=none ctermfg=8')
vim.opt.fillchars = { eob = ' ', vert = '│' }

local dap = require('dap')
local ulid = require('ulid')
ulid.program = vim.env.ULID_DAP
ulid.setup()
local widgets = require('dap.ui.widgets')
local programs = vim.split(vim.env.PROGRAMS, ',')

local function set(file, line, message)
  vim.cmd('edit ' .. file)
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  dap.set_breakpoint(nil, nil, message)
end

-- Runs to the stop of that number, and then does something.
local function at_stop(number, act)
  local stops = 0
  dap.listeners.after.event_stopped['picture'] = function()
    stops = stops + 1
    vim.defer_fn(stops < number and dap.continue or act, 400)
  end
end

local function sidebar(widget, size, split)
  widgets.sidebar(widget, size, split).open()
end

local function one_file()
  set(programs[1], 4)
  set(programs[1], 7)
  at_stop(3, function()
    sidebar(widgets.scopes, { width = 62 }, 'belowright vsplit')
    vim.cmd('wincmd h')
    sidebar(widgets.frames, { height = 7 }, 'belowright split')
    vim.cmd('wincmd k')
  end)
  dap.run({ type = 'ulid', request = 'launch', name = 'IDs', program = programs[1] })
end

local function two_files()
  set(programs[1], 4)
  set(programs[2], 4)
  at_stop(3, function()
    sidebar(widgets.frames, { width = 62 }, 'belowright vsplit')
    vim.cmd('wincmd h')
  end)
  dap.repl.open({ height = 14 }, 'belowright split')
  vim.cmd('wincmd k')
  dap.run({
    type = 'ulid',
    request = 'launch',
    name = 'IDs',
    programs = programs,
    logs = { { message = '{time} in both: {other}' } },
  })
end

if #programs == 1 then
  one_file()
else
  two_files()
end
