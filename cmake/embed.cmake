# embed_sql(TARGET FILE...): makes each src/sql/NAME.sql a C string `sql_NAME`, declared in sql.h.
# The files stay runnable in psql; nobody edits SQL inside a C string.
function(embed_sql target)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(outputs ${directory}/sql.c ${directory}/sql.h)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${directory} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${outputs})
  target_include_directories(${target} PUBLIC ${directory})
endfunction()
