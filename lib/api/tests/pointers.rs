//! Typed access to memories.

use std::mem::MaybeUninit;

use wasmer::{
    Function, Memory, Memory64, MemoryAccessError, MemoryType, Store, ValueType, WasmPtr,
    WasmPtr64, WasmRef, WasmSlice, imports,
};

use crate::instance_with;

fn memory(store: &mut Store) -> Memory {
    Memory::new(store, MemoryType::new(1, None, false)).unwrap()
}

#[derive(Clone, Copy, Debug, PartialEq, ValueType)]
#[repr(C)]
struct Record {
    tag: u8,
    flag: bool,
    length: u32,
    next: WasmPtr<u16>,
    end: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueType)]
#[repr(C, packed)]
struct Packed(u8, u32);

#[derive(Clone, Copy, Debug, PartialEq, ValueType)]
#[repr(transparent)]
struct Wrapper<T>([T; 2]);

#[test]
fn structures() {
    let mut store = Store::default();
    let memory = memory(&mut store);
    let view = memory.view(&store);
    view.write(0, &[0xff; 64]).unwrap();
    let record = Record { tag: 1, flag: true, length: 7, next: WasmPtr::new(0x20), end: 9 };
    let place: WasmPtr<Record> = WasmPtr::new(4);
    place.write(&view, record).unwrap();
    assert_eq!(
        view.copy_range_to_vec(4..20).unwrap(),
        [1, 1, 0, 0, 7, 0, 0, 0, 0x20, 0, 0, 0, 9, 0, 0, 0],
        "padding is zero"
    );
    assert_eq!(place.read(&view).unwrap(), record);
    // Whatever a guest writes, a `bool` is a `bool`.
    view.write_u8(5, 2).unwrap();
    assert_eq!(place.read(&view).unwrap(), record);
    let flags: WasmPtr<[bool; 2]> = WasmPtr::new(5);
    assert_eq!(flags.read(&view).unwrap(), [true, false]);

    let packed: WasmPtr<Packed> = WasmPtr::new(33);
    packed.write(&view, Packed(3, 0x0102_0304)).unwrap();
    assert_eq!(view.copy_range_to_vec(33..39).unwrap(), [3, 4, 3, 2, 1, 0xff]);
    let wrapper: WasmPtr<Wrapper<i16>> = WasmPtr::new(34);
    assert_eq!(wrapper.read(&view).unwrap(), Wrapper([0x0304, 0x0102]));
    const { assert!(Record::HAS_PADDING && !Packed::HAS_PADDING && !Wrapper::<f32>::HAS_PADDING) };
}

#[test]
fn pointers() {
    let pointer: WasmPtr<u32> = WasmPtr::new(16);
    assert_eq!(pointer.add_offset(2).unwrap().offset(), 24);
    assert_eq!(pointer.sub_offset(4).unwrap(), WasmPtr::null());
    assert!(matches!(pointer.sub_offset(5), Err(MemoryAccessError::Overflow)));
    assert!(matches!(pointer.add_offset(u32::MAX), Err(MemoryAccessError::Overflow)));
    assert_eq!(format!("{:?}", pointer.cast::<u8>()), "u8(@16)");
    let wide: WasmPtr64<u32> = WasmPtr::new(u64::MAX - 3);
    assert!(wide.add_offset(1).is_err() && !wide.is_null());

    let mut store = Store::default();
    let memory = memory(&mut store);
    let view = memory.view(&store);
    assert!(matches!(wide.read(&view), Err(MemoryAccessError::Overflow)));
    assert!(matches!(
        WasmPtr::<u16, Memory64>::new(1 << 40).read(&view),
        Err(MemoryAccessError::HeapOutOfBounds)
    ));
    let place = WasmRef::<u64>::new(&view, 65_529);
    assert!(place.read().is_err() && place.write(1).is_err() && place.access().is_err());
    let unaligned = WasmRef::<u64>::new(&view, 3);
    unaligned.write(0x1122_3344_5566_7788).unwrap();
    assert_eq!(unaligned.read().unwrap(), 0x1122_3344_5566_7788);
    *unaligned.access().unwrap().as_mut() += 1;
    assert_eq!(unaligned.read().unwrap(), 0x1122_3344_5566_7789);
    assert_eq!(unaligned.as_ptr64().offset(), 3);
}

#[test]
fn strings() {
    let mut store = Store::default();
    let memory = memory(&mut store);
    let view = memory.view(&store);
    view.write(10, "grüße\0".as_bytes()).unwrap();
    let text: WasmPtr<u8> = WasmPtr::new(10);
    assert_eq!(text.read_utf8_string(&view, 7).unwrap(), "grüße");
    assert_eq!(text.read_utf8_string_with_nul(&view).unwrap(), "grüße");
    assert!(matches!(text.read_utf8_string(&view, 3), Err(MemoryAccessError::NonUtf8String)));
    assert!(text.read_utf8_string(&view, u32::MAX).is_err());
    view.write(65_530, b"no end").unwrap();
    assert!(WasmPtr::<u8>::new(65_530).read_utf8_string_with_nul(&view).is_err());
    let until: WasmPtr<u8> = WasmPtr::new(65_530);
    assert_eq!(until.read_until(&view, |&byte| byte == b' ').unwrap(), b"no");
}

#[test]
fn slices() {
    let mut store = Store::default();
    let memory = memory(&mut store);
    let view = memory.view(&store);
    let slice = WasmPtr::<u16>::new(20).slice(&view, 4).unwrap();
    slice.write_slice(&[1, 2, 3, 4]).unwrap();
    assert_eq!(slice.read_to_vec().unwrap(), [1, 2, 3, 4]);
    assert_eq!(&slice.read_to_bytes().unwrap()[..], [1, 0, 2, 0, 3, 0, 4, 0]);
    let mut back = [0; 4];
    slice.read_slice(&mut back).unwrap();
    assert_eq!(back, [1, 2, 3, 4]);
    let backwards: Vec<u16> = slice.iter().rev().map(|place| place.read().unwrap()).collect();
    assert_eq!(backwards, [4, 3, 2, 1]);
    assert_eq!((slice.iter().len(), slice.len(), slice.offset()), (4, 4, 20));
    let middle = slice.subslice(1..3);
    middle.write(1, 30).unwrap();
    assert_eq!(slice.read(2).unwrap(), 30);
    {
        let mut access = slice.access().unwrap();
        access.as_mut()[0] = 10;
        assert_eq!(slice.read(0).unwrap(), 1, "only written back at the end");
        access.as_mut_uninit()[3] = MaybeUninit::new(40);
    }
    assert_eq!(slice.read_to_vec().unwrap(), [10, 2, 30, 40]);
    let mut bytes = WasmPtr::<u8>::new(0).slice(&view, 4).unwrap().access().unwrap();
    assert_eq!(bytes.copy_from_slice_min(b"ab"), 2);
    drop(bytes);
    assert_eq!(view.copy_range_to_vec(0..4).unwrap(), b"ab\0\0");

    let far = WasmPtr::<u16>::new(65_534).slice(&view, 2).unwrap();
    assert!(far.read_to_vec().is_err() && far.write_slice(&[1, 2]).is_err());
    assert!(far.access().is_err() && far.read(0).is_ok());
    assert_eq!(far.read(0).unwrap(), 0, "nothing was written");
    assert!(WasmSlice::<u64>::new(&view, 8, u64::MAX / 4).is_err());
    let huge = WasmPtr::<u64>::new(0).slice(&view, u32::MAX).unwrap();
    assert!(huge.read_to_vec().is_err());

    let message = crate::panic_message(|| slice.index(4));
    assert_eq!(message, "WasmSlice out of bounds");
    let message = crate::panic_message(|| slice.subslice(3..5));
    assert_eq!(message, "WasmSlice out of bounds");
    assert!(crate::panic_message(|| slice.write_slice(&[0])).contains("slice length"));
}

#[test]
fn pointers_as_arguments() {
    let mut store = Store::default();
    let imports = imports! {
        "host" => {
            "next" => Function::new_typed(&mut store, |p: WasmPtr<u32>| p.add_offset(1)),
        },
    };
    let wat = r#"(module (import "host" "next" (func $next (param i32) (result i32)))
        (func (export "next") (param i32) (result i32) local.get 0 call $next))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let next: wasmer::TypedFunction<WasmPtr<u32>, WasmPtr<u32>> =
        instance.exports.get_typed_function(&store, "next").unwrap();
    assert_eq!(next.call(&mut store, WasmPtr::new(8)).unwrap().offset(), 12);
    let error = next.call(&mut store, WasmPtr::new(u32::MAX)).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(MemoryAccessError::Overflow)));
}
