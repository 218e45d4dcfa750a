# What `cmake --install` puts where. The programs find their data from their own place, so that the
# prefix can be moved: src/base/installed.c knows nothing but the way from the one folder to the other.
# development.cmake installs what C programs are built with.
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # only programs are installed: tests need not be built
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(data ${CMAKE_INSTALL_DATADIR}/pgrehearse)
file(RELATIVE_PATH data_from_programs ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/pgrehearse)
file(RELATIVE_PATH libraries_from_programs ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR}/pgrehearse)
set_property(SOURCE harness/commands/roff.c APPEND PROPERTY COMPILE_DEFINITIONS RELEASE_DATE="${release_date}")
set_property(SOURCE src/base/installed.c APPEND PROPERTY COMPILE_DEFINITIONS INSTALLED_DATA="${data_from_programs}"
  INSTALLED_LIBRARIES="${libraries_from_programs}")

install(TARGETS pgrehearse_program pgrehearse-migrate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS preload LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/pgrehearse)
install(DIRECTORY fixtures/suites fixtures/migrators fixtures/layouts DESTINATION ${data}
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
  PATTERN __pycache__ EXCLUDE PATTERN mutants EXCLUDE PATTERN application/control EXCLUDE)
install(PROGRAMS fixtures/suites/migration_002/application/control DESTINATION ${data}/suites/migration_002/application)
install(DIRECTORY harness/measures/histories/migrations/ DESTINATION ${data}/history
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
install(FILES README.md CHANGELOG.md SECURITY.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES cmake/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)

# manual pages and schemas, by the program itself; completion asks the program, so that its scripts hold no words
set(manual ${CMAKE_BINARY_DIR}/man)
add_custom_command(OUTPUT ${manual}/pgrehearse.1
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}
  COMMAND pgrehearse_program __manual ${manual}
  DEPENDS pgrehearse_program VERBATIM)
set(schemas ${CMAKE_BINARY_DIR}/schemas)
add_custom_command(OUTPUT ${schemas}/suite.schema.json
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${schemas}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${schemas}
  COMMAND pgrehearse_program __schemas ${schemas}
  DEPENDS pgrehearse_program VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual}/pgrehearse.1 ${schemas}/suite.schema.json)
install(DIRECTORY ${schemas} DESTINATION ${data} FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
foreach(section 1 5)
  install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section}
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ FILES_MATCHING PATTERN "*.${section}")
endforeach()
find_program(dpkg dpkg)
if(dpkg) # where Debian's zsh looks
  set(zsh_functions ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
else()
  set(zsh_functions ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
install(FILES scripts/completions/pgrehearse.zsh DESTINATION ${zsh_functions} RENAME _pgrehearse)
foreach(program pgrehearse pgrehearse-migrate)
  install(FILES scripts/completions/pgrehearse.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
  install(FILES scripts/completions/pgrehearse.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ${program}.fish)
endforeach()
