//! How module descriptions are written as bytes.
//!
//! Numbers are LEB128, sequences begin with their length, enumerations with a number from the tables of
//! [`super::rows`]. Every value takes at least a byte, so a length that is larger than what is left of the input is
//! an error before anything is allocated.

use std::hash::Hash;
use std::ops::Range;

use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use indexmap::IndexMap;

use super::error::ArtifactError;
use super::section::Section;

/// Bytes to read from.
pub(super) struct Input<'a> {
    section: Section,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    /// The contents of `section`.
    pub(super) fn new(section: Section, bytes: &'a [u8]) -> Self {
        Self { section, bytes, at: 0 }
    }

    /// An error at the present place.
    #[cold]
    pub(super) fn malformed(&self, expected: &'static str) -> ArtifactError {
        ArtifactError::Malformed { section: self.section.name(), offset: self.at, expected }
    }

    /// Checks that nothing is left.
    pub(super) fn finish(&self) -> Result<(), ArtifactError> {
        match self.remaining() {
            0 => Ok(()),
            _ => Err(self.malformed("the end of the section")),
        }
    }

    fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], ArtifactError> {
        let taken = self.bytes.get(self.at..).and_then(|rest| rest.get(..len));
        let taken = taken.ok_or_else(|| self.malformed("more bytes"))?;
        self.at += len;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, ArtifactError> {
        Ok(self.take(1)?[0])
    }

    fn unsigned(&mut self) -> Result<u64, ArtifactError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return Err(self.malformed("a number of 64 bits"));
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.malformed("a number of 64 bits"))
    }

    /// The length of a sequence.
    fn len(&mut self) -> Result<usize, ArtifactError> {
        let len = usize::decode(self)?;
        match len <= self.remaining() {
            true => Ok(len),
            false => Err(self.malformed("a length of what follows")),
        }
    }
}

fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// For how many values room is made before the first is read: the length may be wrong.
const ROOM: usize = 256;

/// A value that can be written as bytes.
pub(super) trait Coded: Sized {
    /// Appends it.
    fn encode(&self, out: &mut Vec<u8>);

    /// Reads it.
    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError>;
}

macro_rules! coded_unsigned {
    ($($ty:ident)*) => {$(
        impl Coded for $ty {
            fn encode(&self, out: &mut Vec<u8>) {
                put_unsigned(out, *self as u64);
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
                let value = input.unsigned()?;
                Self::try_from(value).map_err(|_| input.malformed(concat!("a number that is a ", stringify!($ty))))
            }
        }
    )*};
}
coded_unsigned!(u8 u32 u64 usize);

/// Signed numbers: the sign in the lowest bit, so that small ones are short.
macro_rules! coded_signed {
    ($($ty:ident $unsigned:ident)*) => {$(
        impl Coded for $ty {
            fn encode(&self, out: &mut Vec<u8>) {
                ((self << 1) ^ (self >> ($ty::BITS - 1))).cast_unsigned().encode(out);
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
                let value = $unsigned::decode(input)?;
                Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
            }
        }
    )*};
}
coded_signed!(i32 u32 i64 u64);

macro_rules! coded_bytes {
    ($($ty:ty, $value:ident => $to_bytes:expr, $bytes:ident => $from_bytes:expr;)*) => {$(
        impl Coded for $ty {
            fn encode(&self, out: &mut Vec<u8>) {
                let $value = self;
                out.extend_from_slice(&$to_bytes);
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
                let bytes = input.take(size_of::<Self>())?;
                let $bytes = bytes.try_into().map_err(|_| input.malformed("more bytes"))?;
                Ok($from_bytes)
            }
        }
    )*};
}
coded_bytes! {
    f32, value => value.to_bits().to_le_bytes(), bytes => Self::from_bits(u32::from_le_bytes(bytes));
    f64, value => value.to_bits().to_le_bytes(), bytes => Self::from_bits(u64::from_le_bytes(bytes));
    [u8; 16], value => *value, bytes => bytes;
}

impl Coded for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(input.malformed("0 or 1")),
        }
    }
}

impl Coded for String {
    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        let len = input.len()?;
        let text = std::str::from_utf8(input.take(len)?);
        Ok(text.map_err(|_| input.malformed("UTF-8 before this"))?.to_owned())
    }
}

impl<T: Coded> Coded for Option<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.is_some().encode(out);
        if let Some(value) = self {
            value.encode(out);
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        bool::decode(input)?.then(|| T::decode(input)).transpose()
    }
}

impl<T: Coded> Coded for Range<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.start.encode(out);
        self.end.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        Ok(T::decode(input)?..T::decode(input)?)
    }
}

/// A sequence of `len` values.
fn encode_all<'v, T: Coded + 'v>(
    out: &mut Vec<u8>,
    len: usize,
    values: impl IntoIterator<Item = &'v T>,
) {
    len.encode(out);
    for value in values {
        value.encode(out);
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_all(out, self.len(), self);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        let len = input.len()?;
        let mut values = Self::with_capacity(len.min(ROOM));
        for _ in 0..len {
            values.push(T::decode(input)?);
        }
        Ok(values)
    }
}

impl<T: Coded> Coded for Box<[T]> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_all(out, self.len(), self);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        Vec::decode(input).map(Vec::into_boxed_slice)
    }
}

impl<K: EntityRef, V: Coded> Coded for PrimaryMap<K, V> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_all(out, self.len(), self.values());
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        Ok(Vec::decode(input)?.into_iter().collect())
    }
}

/// The values up to the last that was set.
impl<K: EntityRef, V: Coded + Clone + Default> Coded for SecondaryMap<K, V> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_all(out, self.as_values_slice().len(), self.as_values_slice());
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        let values: PrimaryMap<K, V> = Coded::decode(input)?;
        let mut map = Self::with_capacity(values.len());
        for (key, value) in values {
            map[key] = value;
        }
        Ok(map)
    }
}

impl<K: Coded + Hash + Eq, V: Coded> Coded for IndexMap<K, V> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        for (key, value) in self {
            key.encode(out);
            value.encode(out);
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        let len = input.len()?;
        let mut map = Self::with_capacity(len.min(ROOM));
        for _ in 0..len {
            if map.insert(K::decode(input)?, V::decode(input)?).is_some() {
                return Err(input.malformed("a name before this that does not repeat another"));
            }
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    fn there_and_back<T: Coded + PartialEq + Debug>(value: T) -> usize {
        let mut bytes = Vec::new();
        value.encode(&mut bytes);
        let mut input = Input::new(Section::Info, &bytes);
        assert_eq!(T::decode(&mut input).unwrap(), value);
        input.finish().unwrap();
        for len in 0..bytes.len() {
            let mut input = Input::new(Section::Info, &bytes[..len]);
            let cut = T::decode(&mut input).and_then(|_| input.finish());
            assert!(cut.is_err(), "{value:?} cut to {len} bytes");
        }
        bytes.len()
    }

    #[test]
    fn values_survive() {
        assert_eq!(there_and_back(0u32), 1);
        assert_eq!(there_and_back(u64::MAX), 10);
        assert_eq!(there_and_back(-1i32), 1);
        for value in [i64::MIN, i64::MAX, 0, -64, 63] {
            there_and_back(value);
        }
        for value in [i32::MIN, i32::MAX] {
            there_and_back(value);
        }
        there_and_back(-0.5f64);
        there_and_back("wäsm".to_owned());
        there_and_back(Some(vec![Some(true), None]));
        there_and_back(IndexMap::from([("b".to_owned(), 1u8), ("a".to_owned(), 2)]));
    }

    #[test]
    fn damage_is_an_error_with_a_place() {
        fn error<T: Coded + Debug>(bytes: &[u8]) -> String {
            T::decode(&mut Input::new(Section::Info, bytes)).unwrap_err().to_string()
        }
        assert!(error::<u8>(&[0x80, 2]).contains("a number that is a u8"));
        assert!(error::<u64>(&[0xff; 20]).contains("a number of 64 bits"));
        assert!(error::<bool>(&[7]).contains("offset 1 of `.wasmer.info`: expected 0 or 1"));
        assert!(error::<Vec<u64>>(&[0xff, 0xff, 0xff, 0xff, 1, 0]).contains("a length"));
        assert!(error::<String>(&[2, 0xff, 0xff]).contains("UTF-8"));
        assert!(error::<IndexMap<u8, u8>>(&[2, 5, 0, 5, 0, 0]).contains("repeat"));
    }
}
