//! `#[derive(ValueType)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Error, Fields, Index, Result, Token, parse_quote};

/// The implementation of `ValueType` for a structure.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(
            &input.ident,
            "`ValueType` can only be derived for structs",
        ));
    };
    require_defined_layout(input)?;

    let members = members(&data.fields);
    let types: Vec<_> = data.fields.iter().map(|field| &field.ty).collect();
    let mut generics = input.generics.clone();
    let bounds = generics.make_where_clause();
    bounds.predicates.push(parse_quote!(Self: ::core::marker::Copy));
    for ty in &types {
        bounds.predicates.push(parse_quote!(#ty: ::wasmer::ValueType));
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let name = &input.ident;

    Ok(quote! {
        // SAFETY: the layout is that of C; each field is a `ValueType`, and everything between and behind
        // the fields is zeroed.
        #[automatically_derived]
        unsafe impl #impl_generics ::wasmer::ValueType for #name #type_generics #where_clause {
            const HAS_PADDING: bool =
                ::core::mem::size_of::<Self>() != 0 #( + ::core::mem::size_of::<#types>() )*
                #( || <#types as ::wasmer::ValueType>::HAS_PADDING )*;

            fn zero_padding_bytes(&self, bytes: &mut [::core::mem::MaybeUninit<u8>]) {
                let mut end = 0usize;
                #(
                    let start = ::core::mem::offset_of!(Self, #members);
                    bytes[end..start].fill(::core::mem::MaybeUninit::new(0));
                    end = start + ::core::mem::size_of::<#types>();
                    // A copy: the field of a packed structure can't be borrowed.
                    let field = self.#members;
                    ::wasmer::ValueType::zero_padding_bytes(&field, &mut bytes[start..end]);
                )*
                bytes[end..].fill(::core::mem::MaybeUninit::new(0));
            }

            fn normalize_bytes(bytes: &mut [::core::mem::MaybeUninit<u8>]) {
                #(
                    let start = ::core::mem::offset_of!(Self, #members);
                    let end = start + ::core::mem::size_of::<#types>();
                    <#types as ::wasmer::ValueType>::normalize_bytes(&mut bytes[start..end]);
                )*
                let _ = bytes;
            }
        }
    })
}

/// Names or numbers of the fields.
fn members(fields: &Fields) -> Vec<TokenStream> {
    let member = |(index, field): (usize, &syn::Field)| match &field.ident {
        Some(name) => name.to_token_stream(),
        None => Index::from(index).to_token_stream(),
    };
    fields.iter().enumerate().map(member).collect()
}

/// Refuses structures of which the layout is up to the compiler.
fn require_defined_layout(input: &DeriveInput) -> Result<()> {
    let mut defined = false;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        attribute.parse_nested_meta(|meta| {
            defined |= meta.path.is_ident("C") || meta.path.is_ident("transparent");
            // `packed(N)`, `align(N)`
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<syn::LitInt>()?;
            } else if meta.input.peek(Token![=]) {
                return Err(meta.error("unexpected value"));
            }
            Ok(())
        })?;
    }
    match defined {
        true => Ok(()),
        false => Err(Error::new_spanned(
            &input.ident,
            "`ValueType` needs a defined layout: add `#[repr(C)]` or `#[repr(transparent)]`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(input: DeriveInput) -> String {
        derive(&input).unwrap_err().to_string()
    }

    #[test]
    fn what_is_refused() {
        assert!(
            error(parse_quote!(
                enum E {
                    A,
                }
            ))
            .contains("only be derived for structs")
        );
        assert!(
            error(parse_quote!(
                struct S(u8);
            ))
            .contains("#[repr(C)]")
        );
        assert!(
            error(parse_quote!(
                #[repr(packed)]
                struct S(u8);
            ))
            .contains("#[repr(C)]")
        );
    }

    #[test]
    fn what_is_accepted() {
        for input in [
            parse_quote!(
                #[repr(C)]
                struct S {
                    a: u8,
                    b: u32,
                }
            ),
            parse_quote!(
                #[repr(transparent)]
                struct S(u8);
            ),
            parse_quote!(
                #[repr(C, packed(2))]
                struct S<T>(u8, T);
            ),
            parse_quote!(
                #[repr(C)]
                #[repr(align(8))]
                struct S;
            ),
        ] {
            syn::parse2::<syn::ItemImpl>(derive(&input).unwrap()).unwrap();
        }
    }
}
