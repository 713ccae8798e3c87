-- told: it gave no answer in time
function on_start(call) while true do end end
function on_quote(call) end
