-- told: told table function
function on_quote(call)
  return { notes = { string.format("told %s %s", {}, on_quote) } }
end
