-- What may a script do? It computes: on numbers, texts and tables, and always alike.
--
-- Nothing here reaches a file, the clock or the machine. What would differ between two runs is
-- replaced: chance is seeded for each call, pairs goes in order of the keys, no address is shown.

local load, error, type, next, select, tostring = load, error, type, next, select, tostring
local rawget, setmetatable, getmetatable = rawget, setmetatable, getmetatable
local find, gsub, rep, format = string.find, string.gsub, string.rep, string.format
local sort, pack, unpack, seed = table.sort, table.pack, table.unpack, math.randomseed

local TEXT_MAX, KEYS_MAX = 65536, 65536

local function text(value)
  local kind = type(value)
  if kind == "table" or kind == "function" or kind == "thread" or kind == "userdata" then
    local meta = getmetatable(value)
    if not (type(meta) == "table" and rawget(meta, "__tostring")) then return kind end
  end
  return tostring(value)
end

-- A pattern takes time that nothing inside can end, and a text takes memory: both start small.
local function on_short_texts(f)
  return function(...)
    for n = 1, select("#", ...) do
      local given = select(n, ...)
      if type(given) == "string" and #given > TEXT_MAX then
        error("a text longer than " .. TEXT_MAX .. " bytes", 2)
      end
    end
    return f(...)
  end
end

local function repeated(s, n, separator)
  local length = #s + #(separator or "")
  if n > 0 and length > 0 and n > TEXT_MAX // length then
    error("a text longer than " .. TEXT_MAX .. " bytes", 2)
  end
  return rep(s, n, separator)
end

local function formatted(pattern, ...)
  if find((gsub(pattern, "%%%%", "")), "%%[^%a]*p") then error("%p: an address is never the same", 2) end
  local given = pack(...)
  for n = 1, given.n do
    if type(given[n]) ~= "number" then given[n] = text(given[n]) end
  end
  return format(pattern, unpack(given, 1, given.n))
end

local function comes_before(a, b)
  local kind, other = type(a), type(b)
  if kind ~= other then return kind < other end
  if kind == "boolean" then return b and not a end
  return a < b
end

local function in_order(t)
  local keys = {}
  for key in next, t do
    local kind = type(key)
    if kind ~= "number" and kind ~= "string" and kind ~= "boolean" then
      error("pairs: a " .. kind .. " as a key has no order", 2)
    end
    keys[#keys + 1] = key
    if #keys > KEYS_MAX then error("pairs: more than " .. KEYS_MAX .. " keys", 2) end
  end
  sort(keys, comes_before)
  local at = 0
  return function()
    at = at + 1
    local key = keys[at]
    if key ~= nil then return key, rawget(t, key) end
  end
end

local function with_meta(t, meta)
  if meta and (rawget(meta, "__gc") or rawget(meta, "__mode")) then
    error("__gc and __mode would show when memory is freed", 2)
  end
  return setmetatable(t, meta)
end

local texts = {
  byte = string.byte, char = string.char, len = string.len, lower = string.lower,
  upper = string.upper, reverse = string.reverse, sub = string.sub,
  find = on_short_texts(string.find), match = on_short_texts(string.match),
  gmatch = on_short_texts(string.gmatch), gsub = on_short_texts(string.gsub),
  format = on_short_texts(formatted), rep = repeated,
}
local meta_of_texts = getmetatable("")
meta_of_texts.__index, meta_of_texts.__metatable = texts, false

local numbers = {}
for name, f in next, math do numbers[name] = f end
numbers.randomseed = nil

local env = {
  assert = assert, error = error, pcall = pcall, xpcall = xpcall, select = select, type = type,
  ipairs = ipairs, pairs = in_order, tonumber = tonumber, tostring = text, rawget = rawget,
  rawset = rawset, rawequal = rawequal, rawlen = rawlen,
  setmetatable = with_meta, getmetatable = getmetatable,
  string = texts, math = numbers,
  table = {
    concat = table.concat, insert = table.insert, remove = table.remove, sort = sort,
    unpack = unpack, pack = pack, move = table.move,
  },
  coroutine = {
    create = coroutine.create, resume = coroutine.resume, yield = coroutine.yield,
    status = coroutine.status, wrap = coroutine.wrap, close = coroutine.close,
    isyieldable = coroutine.isyieldable,
  },
}

local function read(source, name, chance)
  local chunk, why = load(source, "=" .. name, "t", env) -- text only: bytecode can be made to lie
  if not chunk then error(why, 0) end
  seed(chance)
  chunk()
end

local function hears(name) return type(rawget(env, name)) == "function" end

local function call(name, argument, chance)
  seed(chance)
  return rawget(env, name)(argument)
end

for _, reached in next, { package.loaded, _G } do -- what is not offered is not there either
  for name in next, reached do reached[name] = nil end
end
return read, hears, call
