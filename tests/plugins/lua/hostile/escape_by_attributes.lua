-- told: reached nil nil nil
function on_quote(call)
  return { notes = {
    string.format("reached %s %s %s", call.__class__, call.position.__init__, on_quote == nil or nil)
  } }
end
