//! The form of an exported state: a header, and the state in MessagePack.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `89 67 73 76`: no text begins so |
//! | 1 | the format, 1 |
//! | 4 | CRC-32 of all that follows |
//! | 4 | the version of the state |
//! | 1 + n | the server's type, for messages only: a type may be renamed |
//! | 8 | the length of the state |
//! | | the state |
//!
//! Numbers are big-endian, as in MessagePack.

use crate::upgrade::error::RestoreError;

const MAGIC: [u8; 4] = *b"\x89gsv";
const FORMAT: u8 = 1;
const NAME_MAX: usize = u8::MAX as usize;

/// An exported state that is whole.
pub(super) struct Kept<'a> {
    pub(super) version: u32,
    pub(super) server: &'a str,
    pub(super) payload: &'a [u8],
}

pub(super) fn write(kept: &Kept<'_>) -> Vec<u8> {
    let name = cut(kept.server);
    let mut checked = Vec::with_capacity(13 + name.len() + kept.payload.len());
    checked.extend(kept.version.to_be_bytes());
    checked.push(u8::try_from(name.len()).expect("invariant: the name was cut to what fits"));
    checked.extend(name.as_bytes());
    checked.extend((kept.payload.len() as u64).to_be_bytes());
    checked.extend(kept.payload);
    let mut bytes = Vec::with_capacity(9 + checked.len());
    bytes.extend(MAGIC);
    bytes.push(FORMAT);
    bytes.extend(crc32fast::hash(&checked).to_be_bytes());
    bytes.append(&mut checked);
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<Kept<'_>, RestoreError> {
    let shared = bytes.len().min(MAGIC.len());
    if bytes[..shared] != MAGIC[..shared] {
        return Err(RestoreError::Foreign);
    }
    let mut rest = bytes.get(MAGIC.len()..).ok_or(RestoreError::CutOff)?;
    let [format] = take(&mut rest)?;
    if format != FORMAT {
        return Err(RestoreError::Format { found: format });
    }
    let checksum = u32::from_be_bytes(take(&mut rest)?);
    let checked = rest;
    let version = u32::from_be_bytes(take(&mut rest)?);
    let [name] = take(&mut rest)?;
    let (name, mut rest) = rest.split_at_checked(name.into()).ok_or(RestoreError::CutOff)?;
    let length = u64::from_be_bytes(take(&mut rest)?);
    if (rest.len() as u64) < length {
        return Err(RestoreError::CutOff);
    }
    let server = std::str::from_utf8(name).ok();
    let server = server.filter(|_| crc32fast::hash(checked) == checksum);
    let server = server.filter(|_| rest.len() as u64 == length);
    Ok(Kept { version, server: server.ok_or(RestoreError::Damaged)?, payload: rest })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], RestoreError> {
    let (taken, behind) = rest.split_first_chunk().ok_or(RestoreError::CutOff)?;
    *rest = behind;
    Ok(*taken)
}

/// As much of a name as its length has room for.
fn cut(name: &str) -> &str {
    let at = (0..=name.len().min(NAME_MAX)).rev().find(|&at| name.is_char_boundary(at));
    &name[..at.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(server: &str) -> Vec<u8> {
        write(&Kept { version: 7, server, payload: b"the state" })
    }

    #[test]
    fn what_was_written_is_read() {
        for server in ["Counter", "", "Z\u{e4}hler"] {
            let bytes = exported(server);
            let kept = read(&bytes).expect("it is whole");
            assert_eq!((kept.version, kept.server, kept.payload), (7, server, &b"the state"[..]));
        }
        let long = "\u{e4}".repeat(200);
        let bytes = exported(&long);
        assert_eq!(read(&bytes).expect("it is whole").server, &long[..254]);
    }

    #[test]
    fn a_prefix_is_cut_off() {
        let bytes = exported("Counter");
        for end in 0..bytes.len() {
            let error = read(&bytes[..end]).err();
            assert!(matches!(error, Some(RestoreError::CutOff)), "{end}: {error:?}");
        }
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let bytes = exported("Counter");
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert!(read(&flipped).is_err(), "bit {at}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(matches!(read(&longer), Err(RestoreError::Damaged)));
    }

    #[test]
    fn what_is_not_ours_is_told_apart() {
        assert!(matches!(read(b"{\"value\":1}"), Err(RestoreError::Foreign)));
        assert!(matches!(read(b"\x89PNG"), Err(RestoreError::Foreign)));
        assert!(matches!(read(b"\x89gsv\x02"), Err(RestoreError::Format { found: 2 })));
    }
}
