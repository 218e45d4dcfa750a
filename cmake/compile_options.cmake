# Style that matters is a build failure: see src/base/banned.h for the functions nobody may call.
add_compile_definitions(_GNU_SOURCE PGREHEARSE_VERSION="${PROJECT_VERSION}")
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
                    -Wformat=2 -Wpointer-arith -Wwrite-strings
                    -fno-common -include ${CMAKE_SOURCE_DIR}/src/base/banned.h)
# No program holds the folder that it was built in: the same commit gives the same bytes anywhere.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=./build)
if(WARNINGS_ARE_ERRORS)
  add_compile_options(-Werror)
endif()
if(SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
