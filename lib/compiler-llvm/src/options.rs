//! Options that LLVM has for the whole process only.

use std::ffi::CStr;

use inkwell::llvm_sys::support::LLVMParseCommandLineOptions;

/// What LLVM reads as a command line, the name of a program first.
const ARGUMENTS: [&CStr; 3] = [
    c"wasmer",
    // Of each variable of a program LLVM can tell a debugger where its value is. For x86-64 it looks for such values in
    // all functions that have lines (`crate::lines`), and takes a tenth of all time to find that there are none. The way
    // of the other architectures is not slower, and looks at variables only.
    c"-experimental-debug-variable-locations=false",
    // The last pass before instruction selection looks at a whole function again when it has changed a branch, unless
    // the function has so many blocks; then, at the changed ones only. LLVM's limit of 10,000 lets it take a third of
    // the time for functions of 100 KB.
    c"-cgpp-huge-func=100",
];

/// Sets the options. To be called before anything is compiled.
///
/// They may be set again, also by another copy of this crate that shares the library of LLVM: the last value counts. An
/// option that LLVM does not know is left out, and nobody is told.
pub(crate) fn set() {
    let arguments = ARGUMENTS.map(CStr::as_ptr);
    // SAFETY: there are as many arguments as is said; all texts end with a zero byte and are there for as long as the
    // process runs. The function does not keep the array.
    unsafe {
        LLVMParseCommandLineOptions(arguments.len() as i32, arguments.as_ptr(), c"".as_ptr());
    }
}

#[cfg(test)]
mod tests {
    /// LLVM ends a process where it takes something for an error of the command line.
    #[test]
    fn setting_them_twice_is_no_error() {
        super::set();
        super::set();
    }
}
