# room(NAME FOLDER [USES ROOM...] [PUBLIC TARGET...] [PRIVATE TARGET...] [WITHOUT FILE...]
# [EMBED FILE...]): a folder is one library. Its sources are every .c file in it and below it, less WITHOUT; the .sql files of
# its folder sql/, and EMBED's .schema.json, become strings, declared in "NAME/sql.h". Includes are written "NAME/file.h", and a
# room finds only its own headers and those of the rooms that it uses, and of the rooms that they use.
function(room name folder)
  cmake_parse_arguments(room "" "" "USES;PUBLIC;PRIVATE;WITHOUT;EMBED" ${ARGN})
  set(source ${CMAKE_SOURCE_DIR}/${folder})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${source}/*.c)
  foreach(file IN LISTS room_WITHOUT)
    list(REMOVE_ITEM sources ${source}/${file})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${room_USES} ${room_PUBLIC} PRIVATE ${room_PRIVATE})

  # a folder with nothing in it but this room, under its name
  set(door ${CMAKE_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${door})
  file(CREATE_LINK ${source} ${door}/${name} SYMBOLIC)
  target_include_directories(${name} PUBLIC ${door})

  file(GLOB queries CONFIGURE_DEPENDS ${source}/sql/*.sql)
  list(TRANSFORM room_EMBED PREPEND ${source}/)
  list(APPEND queries ${room_EMBED})
  if(queries)
    embed_sql(${name} ${queries})
  endif()
endfunction()

# embed_sql(ROOM FILE...): makes each NAME.sql a C string `sql_NAME`, and each NAME.schema.json a
# `schema_NAME`, declared in "ROOM/sql.h". The .sql files can be run in psql; nobody edits SQL inside a C string.
function(embed_sql room)
  set(root ${CMAKE_BINARY_DIR}/embedded/${room})
  set(outputs ${root}/${room}/sql.c ${root}/${room}/sql.h)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${root}/${room} -DROOM=${room} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    VERBATIM)
  target_sources(${room} PRIVATE ${outputs})
  target_include_directories(${room} PUBLIC ${root})
endfunction()
