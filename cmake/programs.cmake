# The programs: the migrator, the harness, and each scenario by itself, for prove.
add_executable(pgrehearse-migrate src/migrate/main.c)
target_link_libraries(pgrehearse-migrate PRIVATE migrate)
# it starts many times in a run, so it loads no library that it does not call
target_link_options(pgrehearse-migrate PRIVATE -Wl,--as-needed)

add_executable(pgrehearse_program harness/commands/main.c)
set_target_properties(pgrehearse_program PROPERTIES OUTPUT_NAME pgrehearse)
target_link_libraries(pgrehearse_program PRIVATE commands)

# a scenario that needs a source is run by `pgrehearse certify` alone
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/*.c)
list(FILTER sources EXCLUDE REGEX "/certification\\.c$")
foreach(source IN LISTS sources)
  get_filename_component(symbol ${source} NAME_WE)
  string(REPLACE "_" "-" name ${symbol})
  add_executable(scenario_${symbol} harness/commands/scenario_main.c)
  target_compile_definitions(scenario_${symbol} PRIVATE SCENARIO_NAME="${name}")
  target_link_libraries(scenario_${symbol} PRIVATE commands)
  set_target_properties(scenario_${symbol} PROPERTIES
    OUTPUT_NAME ${name} SUFFIX .t RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/scenarios)
endforeach()
