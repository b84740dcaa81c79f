# The list of tools. A tool is its folder tools/NAME/ with `run()` in NAME/run.h and `tool_doc()` in NAME/options.h, both in
# namespace tools::NAME, a page man/NAME.SECTION.in, and its name here: program, man page, completion, installation and the
# test of the documents follow.
set(SOCKUTILS_TOOLS sockls sockmon sockprobe sockprobed)
# The modules that only some tools load, for a build of one tool.
set(SOCKUTILS_MODULES_OF_sockmon pcap)
set(SOCKUTILS_MODULES_OF_sockprobe tls pcap)
set(SOCKUTILS_MODULES_OF_sockprobed tls pcap)

# The C++ library looks up three thousand symbols when it is loaded, which takes longer than to list an idle machine's sockets.
set(SOCKUTILS_PROGRAM_LINK_OPTIONS -Wl,--as-needed)
if(SOCKUTILS_STATIC_RUNTIME AND NOT SOCKUTILS_SANITIZE)
  include(CheckCXXSourceCompiles)
  set(static_runtime -static-libstdc++ -static-libgcc)
  set(CMAKE_REQUIRED_LINK_OPTIONS ${static_runtime})
  check_cxx_source_compiles("#include <string>\nint main(int n, char** p) { return std::string(p[n - 1]) == p[0]; }"
                            SOCKUTILS_HAVE_STATIC_RUNTIME)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(SOCKUTILS_HAVE_STATIC_RUNTIME)
    list(APPEND SOCKUTILS_PROGRAM_LINK_OPTIONS ${static_runtime})
  endif()
endif()

# sockutils_add_programs(TOOL...): the programs of those whose library sockutils_TOOL there is, and sockutils_tool_list,
# which has what they say of themselves. SOCKUTILS_PROGRAMS is the list of them afterwards.
function(sockutils_add_programs)
  set(programs)
  foreach(tool IN LISTS ARGN)
    if(NOT TARGET sockutils_${tool})
      continue()
    endif()
    get_target_property(namespace sockutils_${tool} SOCKUTILS_NAMESPACE)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/main.cc.in ${CMAKE_CURRENT_BINARY_DIR}/${tool}.cc @ONLY)
    add_executable(${tool} ${CMAKE_CURRENT_BINARY_DIR}/${tool}.cc)
    target_link_libraries(${tool} PRIVATE sockutils_${tool} sockutils_warnings)
    target_link_options(${tool} PRIVATE ${SOCKUTILS_PROGRAM_LINK_OPTIONS})
    foreach(module IN LISTS SOCKUTILS_MODULES_OF_${tool})
      if(TARGET sockutils_${module})
        add_dependencies(${tool} sockutils_${module})
      endif()
    endforeach()
    string(APPEND declarations "namespace ${namespace} {\ntools::ToolDoc tool_doc();\n}\n")
    string(APPEND calls "      ${namespace}::tool_doc(),\n")
    list(APPEND programs ${tool})
  endforeach()
  list(TRANSFORM programs PREPEND sockutils_ OUTPUT_VARIABLE libraries)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/tool_list.cc.in ${CMAKE_CURRENT_BINARY_DIR}/tool_list.cc @ONLY)
  add_library(sockutils_tool_list STATIC ${CMAKE_CURRENT_BINARY_DIR}/tool_list.cc)
  target_link_libraries(sockutils_tool_list PUBLIC ${libraries} PRIVATE sockutils_warnings)
  set(SOCKUTILS_PROGRAMS ${programs} PARENT_SCOPE)
endfunction()
