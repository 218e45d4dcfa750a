# What C programs outside of this tree are built with: public headers, find_package(pgrehearse) and
# pkg-config. The prefix can be moved: every path in them is seen from the file itself.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/pgrehearse)

# pgrehearse::plugin has headers alone: the program that loads a plugin has the functions
add_library(plugin INTERFACE)
target_include_directories(plugin INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(TARGETS plugin EXPORT pgrehearse)

install(FILES include/pgrehearse/api.h include/pgrehearse/plugin.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pgrehearse)
install(EXPORT pgrehearse NAMESPACE pgrehearse:: FILE pgrehearse-config.cmake DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/pgrehearse-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/pgrehearse-config-version.cmake DESTINATION ${package})

file(RELATIVE_PATH prefix_from_package ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/pgrehearse.pc.in ${CMAKE_BINARY_DIR}/pgrehearse.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/pgrehearse.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
