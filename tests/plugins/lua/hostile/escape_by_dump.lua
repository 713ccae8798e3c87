-- told: a nil value (field 'dump')
function on_quote(call)
  return { notes = { string.dump(on_quote) } }
end
