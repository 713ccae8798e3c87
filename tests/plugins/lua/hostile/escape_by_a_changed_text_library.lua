-- told: told nothing else
function on_quote(call)
  string.format = function() return os end
  string.rep = nil
  table.sort = nil
  pairs, error, tostring = nil, nil, nil
  return { notes = { "told nothing else" } }
end
