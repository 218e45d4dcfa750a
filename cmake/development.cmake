# What C programs outside of this tree are built with: public headers, find_package(pgrehearse) and
# pkg-config. The prefix can be moved: every path in them is seen from the file itself.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/pgrehearse)

# pgrehearse::plugin has headers alone: the program that loads a plugin has the functions
add_library(plugin INTERFACE)
target_include_directories(plugin INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(TARGETS plugin EXPORT pgrehearse)

# libpgrehearse is the room `testing` with what it needs of the others; it exports what library.symbols lists
file(STRINGS cmake/library.symbols library_symbols)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/library.symbols)
list(JOIN library_symbols "; " exported)
file(WRITE ${CMAKE_BINARY_DIR}/library.map.new "PGREHEARSE_1 { global: ${exported}; local: *; };\n")
configure_file(${CMAKE_BINARY_DIR}/library.map.new ${CMAKE_BINARY_DIR}/library.map COPYONLY)
add_library(pgrehearse SHARED $<TARGET_OBJECTS:testing>)
target_link_libraries(pgrehearse PRIVATE ground)
target_include_directories(pgrehearse INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(pgrehearse PRIVATE -Wl,--version-script=${CMAKE_BINARY_DIR}/library.map -Wl,--as-needed)
if(NOT SANITIZE AND NOT FUZZ)
  target_link_options(pgrehearse PRIVATE -Wl,--no-undefined)
endif()
set_target_properties(pgrehearse PROPERTIES LINKER_LANGUAGE C SOVERSION 1 LINK_DEPENDS ${CMAKE_BINARY_DIR}/library.map)
install(TARGETS pgrehearse EXPORT pgrehearse LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

install(FILES include/pgrehearse/api.h include/pgrehearse/plugin.h include/pgrehearse/throwaway.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pgrehearse)
install(EXPORT pgrehearse NAMESPACE pgrehearse:: FILE pgrehearse-config.cmake DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/pgrehearse-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/pgrehearse-config-version.cmake DESTINATION ${package})

file(RELATIVE_PATH prefix_from_package ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/pgrehearse.pc.in ${CMAKE_BINARY_DIR}/pgrehearse.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/pgrehearse.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
