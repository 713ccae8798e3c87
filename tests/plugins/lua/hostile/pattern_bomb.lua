-- told: it gave no answer in time
function on_quote(call)
  local many = 28
  return { notes = { string.find(string.rep("a", many), string.rep("a?", many) .. string.rep("a", many) .. "b") } }
end
