# `cpack` in the build folder makes pgrehearse_VERSION_ARCH.deb and a tarball of the same files.
# scripts/package calls it. What running needs stands in scripts/setup, in its group `run`.
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME pgrehearse)
set(CPACK_PACKAGE_VENDOR pgrehearse)
set(CPACK_PACKAGE_CONTACT "The maintainers of pgrehearse <pgrehearse@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "rehearse PostgreSQL migrations on throwaway databases")
set(CPACK_PACKAGE_DESCRIPTION
  "pgrehearse runs a PostgreSQL migration on throwaway databases, in every way it\ncan go wrong, before production sees it. It starts a server of its own, drives\nthe real migrator from outside (Alembic, Django, Flyway, sqitch, dbmate, plain\nSQL and others), checks what changed and what did not, and reports as TAP,\nJUnit, JSON and HTML.")
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package_tree.cmake)

if(dpkg)
  execute_process(COMMAND ${dpkg} --print-architecture OUTPUT_VARIABLE architecture OUTPUT_STRIP_TRAILING_WHITESPACE)
else()
  set(architecture ${CMAKE_SYSTEM_PROCESSOR})
endif()
set(CPACK_PACKAGE_FILE_NAME pgrehearse-${PROJECT_VERSION}-linux-${architecture})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# a container that always works with --server needs no server of its own
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "postgresql (>= 14), postgresql-client (>= 14)")
# A line names what is missing of these, where it is needed. gnuplot-nox would bring 128 packages, as it recommends groff.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "gnuplot-nox, openssh-client, git, alembic, python3-psycopg2, postgresql-contrib, perl, man-db")
include(CPack)
