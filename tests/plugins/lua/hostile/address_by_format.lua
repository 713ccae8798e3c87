-- told: an address is never the same
function on_quote(call)
  return { notes = { string.format("%p", {}) } }
end
