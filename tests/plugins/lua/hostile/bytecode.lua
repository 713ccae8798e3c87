LuaT attempt to load a binary chunk
