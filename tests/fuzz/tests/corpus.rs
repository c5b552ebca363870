//! Every target over its corpus, and over what becomes of that when bytes are changed, moved and left out by chance. The
//! chance is the same each time.

use std::{fs, panic, path::Path};

use ulid_fuzz::{PLANTED, TARGETS, Target};

/// Changed inputs for each one of the corpus.
const CHANGED: usize = 60;

/// An xorshift generator.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    /// Changes a few bytes, at the places and into the bytes that chance has it.
    fn change(&mut self, bytes: &mut Vec<u8>, all: &[Vec<u8>]) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            let other = &all[self.below(all.len())];
            let piece = &other[self.below(other.len() + 1)..];
            let piece = &piece[..self.below(piece.len().min(40) + 1)];
            match self.below(4) {
                0 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                _ => drop(bytes.splice(at..at, piece.iter().copied())),
            }
        }
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{name} has no corpus");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn run(target: Target, corpus: &[Vec<u8>], changed: usize) {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for bytes in corpus {
        (target.check)(bytes);
        for _ in 0..changed {
            let mut bytes = bytes.clone();
            chance.change(&mut bytes, corpus);
            (target.check)(&bytes);
        }
    }
}

#[test]
fn every_property_holds_for_its_corpus_and_what_becomes_of_it() {
    for target in TARGETS {
        run(target, &corpus(target.name), CHANGED);
    }
}

#[test]
fn a_planted_fault_is_found() {
    let corpus = corpus("codec");
    run(PLANTED, &corpus, 0);
    let found = panic::catch_unwind(|| run(PLANTED, &corpus, 5000));
    assert!(found.is_err());
}
