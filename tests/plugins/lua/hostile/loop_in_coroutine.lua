-- told: it gave no answer in time
function on_quote(call)
  coroutine.wrap(function() while true do end end)()
end
