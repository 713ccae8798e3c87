-- told: reached nil nil
function on_quote(call)
  return { notes = { string.format("reached %s %s", _G, _ENV._G) } }
end
