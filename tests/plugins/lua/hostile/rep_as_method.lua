-- told: a text longer than 65536 bytes
function on_quote(call)
  return { notes = { ("x"):rep(1 << 62, ",") } }
end
