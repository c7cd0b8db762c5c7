# Writes the bytes of the file PROGRAM to OUTPUT: 0x7f,0x45,...
file(READ ${PROGRAM} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "${bytes}\n")
