-- told: it gave no answer in time
function on_quote(call)
  while true do
    local inner = coroutine.create(function() while true do coroutine.yield() end end)
    for _ = 1, 1000 do coroutine.resume(inner) end
  end
end
