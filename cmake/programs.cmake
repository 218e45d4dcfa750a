# The programs: the migrator, the harness, and each scenario by itself, for prove.
add_executable(pgrehearse-migrate src/migrate/main.c)
target_link_libraries(pgrehearse-migrate PRIVATE migrate)
# it starts many times in a run, so it loads no library that it does not call
target_link_options(pgrehearse-migrate PRIVATE -Wl,--as-needed)

# What a preloaded interpreter loads to serve. It stays without sanitizers, since the interpreter has none.
add_library(preload MODULE src/migrator/preload_serve.c src/migrator/preload_request.c src/migrator/confinement.c
  src/migrator/forwarder.c src/base/keeper.c src/base/clock.c src/base/memory.c src/base/text.c src/base/regular_file.c
  src/base/error.c)
target_include_directories(preload PRIVATE ${CMAKE_BINARY_DIR}/rooms/base ${CMAKE_BINARY_DIR}/rooms/postgres
  ${CMAKE_BINARY_DIR}/rooms/migrator)
target_compile_options(preload PRIVATE -fno-sanitize=all)
target_link_options(preload PRIVATE -fno-sanitize=all -Wl,--as-needed -Wl,-z,defs)
set_target_properties(preload PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/pgrehearse)

# accepts_plugins(TARGET): the program exports the functions of cmake/plugin.symbols, and nothing else. Nobody
# calls them in the program itself, so the linker is asked for each.
file(STRINGS ${CMAKE_SOURCE_DIR}/cmake/plugin.symbols plugin_symbols)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/plugin.symbols)
function(accepts_plugins target)
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
  foreach(symbol IN LISTS plugin_symbols)
    target_link_options(${target} PRIVATE -Wl,--require-defined=${symbol})
  endforeach()
endfunction()

add_executable(pgrehearse_program harness/commands/main.c)
accepts_plugins(pgrehearse_program)
set_target_properties(pgrehearse_program PROPERTIES OUTPUT_NAME pgrehearse)
target_link_libraries(pgrehearse_program PRIVATE commands)

# the shipped suite's faults that no other comes after: each is a scenario by itself
set(shipped_suite ${CMAKE_SOURCE_DIR}/fixtures/suites/migration_002/suite.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${shipped_suite})
file(READ ${shipped_suite} text)
string(REGEX REPLACE ".*\nfaults:[^\n]*\n" "" text "${text}")
string(REGEX REPLACE "\n[a-z_]+:.*" "" text "${text}")
string(REGEX MATCHALL "after: *\\[[^]\n]*\\]" followed "${text}")
string(REGEX MATCHALL "  - name: [a-z0-9-]+" names "${text}")
list(TRANSFORM names REPLACE "  - name: " "")
foreach(name IN LISTS names)
  if(NOT followed MATCHES "[ [,]${name}[],]")
    list(APPEND scenario_names ${name})
  endif()
endforeach()

# a scenario that needs a source is run by `pgrehearse certify` alone
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/*.c)
list(FILTER sources EXCLUDE REGEX "/(certification|fault)\\.c$")
foreach(source IN LISTS sources)
  get_filename_component(symbol ${source} NAME_WE)
  string(REPLACE "_" "-" name ${symbol})
  list(APPEND scenario_names ${name})
endforeach()
foreach(name IN LISTS scenario_names)
  add_executable(scenario_${name} harness/commands/scenario_main.c)
  target_compile_definitions(scenario_${name} PRIVATE SCENARIO_NAME="${name}")
  target_link_libraries(scenario_${name} PRIVATE commands)
  accepts_plugins(scenario_${name})
  set_target_properties(scenario_${name} PROPERTIES
    OUTPUT_NAME ${name} SUFFIX .t RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/scenarios)
endforeach()
