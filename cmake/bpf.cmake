# The kernel's own list of open files (lib/os/bpf/). clang compiles the program and bpftool turns it into a
# loader in C that needs no library; without them, or with SOCKUTILS_BPF=OFF, owners come from /proc.
function(find_bpf)
  find_program(BPF_CLANG NAMES clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14)
  # Debian has it in a folder that is in the path of root alone.
  find_program(BPFTOOL bpftool PATHS /usr/sbin /sbin)
  find_path(BPF_INCLUDE_DIR bpf/skel_internal.h)
  # <asm/types.h> is below the folder of the machine's headers, which clang does not look at for this target.
  find_path(BPF_ASM_INCLUDE_DIR asm/types.h PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE})
  mark_as_advanced(BPF_CLANG BPFTOOL BPF_INCLUDE_DIR BPF_ASM_INCLUDE_DIR)
  if(BPF_CLANG AND BPFTOOL AND BPF_INCLUDE_DIR AND BPF_ASM_INCLUDE_DIR)
    set(BPF_FOUND TRUE PARENT_SCOPE)
  endif()
endfunction()

# sockutils_add_bpf(TARGET FOLDER NAME FILE...): the program FOLDER/NAME.bpf.c, which includes these files, as
# NAME.lskel.h, for TARGET.
function(sockutils_add_bpf target folder name)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/bpf/${name}.bpf.o)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/bpf/${name}.lskel.h)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/${name}.bpf.c)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/bpf)
  add_custom_command(OUTPUT ${header}
    COMMAND ${BPF_CLANG} -target bpf -O2 -g -Wall -Werror -I${BPF_ASM_INCLUDE_DIR} -c ${source} -o ${object}
    COMMAND sh -c "exec '${BPFTOOL}' gen skeleton -L '${object}' name ${name} >'${header}'"
    DEPENDS ${source} ${ARGN}
    COMMENT "Generating ${name}.lskel.h" VERBATIM)
  target_sources(${target} PRIVATE ${header})
  # A system header: its warnings are not ours.
  target_include_directories(${target} SYSTEM PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/bpf ${BPF_INCLUDE_DIR})
endfunction()
