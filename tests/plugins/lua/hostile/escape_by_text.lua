-- told: reached nil false
function on_quote(call)
  return { notes = { string.format("reached %s %s", ("").dump, getmetatable("")) } }
end
