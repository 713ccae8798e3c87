-- told: a nil value (field 'randomseed')
function on_quote(call)
  math.randomseed(1)
end
