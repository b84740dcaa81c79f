# The warning set of the project; errors in development builds.
add_library(sockutils_warnings INTERFACE)
target_compile_options(sockutils_warnings INTERFACE
  -Wall -Wextra -pedantic -Wshadow -Wconversion -Wsign-conversion -Wswitch-enum -Wcast-qual
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast;-Wnon-virtual-dtor>
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wuseless-cast>
  # Designated initialisers leave the other members at their defaults; that is what they are for.
  -Wno-missing-field-initializers
  # Sources that are compiled together look to it like headers, which must not use unnamed namespaces.
  $<$<AND:$<BOOL:${CMAKE_UNITY_BUILD}>,$<COMPILE_LANG_AND_ID:CXX,GNU>>:-Wno-subobject-linkage>)

# Each newer compiler knows warnings that nobody here has seen yet. They must not keep anybody from
# building, so warnings are errors only with the compilers that the test run uses.
if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13) OR
   (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17))
  target_compile_options(sockutils_warnings INTERFACE $<$<BOOL:${SOCKUTILS_WERROR}>:-Werror>)
endif()
