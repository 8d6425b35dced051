	.file	"blink.c"
__SP_H__ = 0x3e
__SP_L__ = 0x3d
__SREG__ = 0x3f
__tmp_reg__ = 0
__zero_reg__ = 1
	.text
.global	scale
	.type	scale, @function
scale:
	push r4
	push r5
	push r6
	push r7
	push r10
	push r11
	push r12
	push r13
	push r14
	push r15
	push r16
	push r17
/* prologue: function */
/* frame size = 0 */
/* stack size = 12 */
.L__stack_usage = 12
	ldi r30,lo8(-51)
	mul r16,r30
	mov r30,r1
	clr __zero_reg__
	mov r31,r30
	lsr r31
	lsr r31
	andi r30,lo8(-4)
	add r30,r31
	sub r16,r30
	mov r30,r16
	ldi r31,0
	lsl r30
	rol r31
	lsl r30
	rol r31
	subi r30,lo8(-(table))
	sbci r31,hi8(-(table))
	ld r14,Z
	ldd r15,Z+1
	ldd r16,Z+2
	ldd r17,Z+3
	mov r4,r17
	lsl r4
	sbc r4,r4
	movw r10,r14
	movw r12,r16
	mov r14,r4
	mov r15,r4
	mov r16,r4
	mov r17,r4
	call __divdi3
	movw r24,r18
/* epilogue start */
	pop r17
	pop r16
	pop r15
	pop r14
	pop r13
	pop r12
	pop r11
	pop r10
	pop r7
	pop r6
	pop r5
	pop r4
	ret
	.size	scale, .-scale
	.section	.text.startup,"ax",@progbits
.global	main
	.type	main, @function
main:
	in r28,__SP_L__
	in r29,__SP_H__
	sbiw r28,10
	in __tmp_reg__,__SREG__
	cli
	out __SP_H__,r29
	out __SREG__,__tmp_reg__
	out __SP_L__,r28
/* prologue: function */
/* frame size = 10 */
/* stack size = 10 */
.L__stack_usage = 10
	std Y+9,__zero_reg__
	std Y+10,__zero_reg__
	std Y+1,__zero_reg__
	std Y+2,__zero_reg__
	mov r2,__zero_reg__
	mov r3,__zero_reg__
	std Y+7,__zero_reg__
	std Y+8,__zero_reg__
	movw r6,r2
	movw r4,r2
	inc r4
	std Y+3,__zero_reg__
	std Y+4,__zero_reg__
	std Y+5,__zero_reg__
	std Y+6,__zero_reg__
	rjmp .L8
.L11:
	lds r24,port
	ori r24,lo8(1)
.L6:
	sts port,r24
	ldd r18,Y+9
	ldd r19,Y+10
	ldd r20,Y+1
	ldd r21,Y+2
	mov r22,r3
	mov r23,r2
	ldd r24,Y+7
	ldd r25,Y+8
	ldi r26,lo8(1)
	call __adddi3_s8
	std Y+9,r18
	std Y+10,r19
	std Y+1,r20
	std Y+2,r21
	mov r3,r22
	mov r2,r23
	std Y+7,r24
	std Y+8,r25
	cpi r18,-24
	ldi r30,3
	cpc r19,r30
	cpc r20,__zero_reg__
	cpc r21,__zero_reg__
	cpc r22,__zero_reg__
	cpc r23,__zero_reg__
	cpc r24,__zero_reg__
	cpc r25,__zero_reg__
	brne .+2
	rjmp .L7
	mov r30,r18
	andi r30,lo8(7)
	ldi r25,lo8(-51)
	mul r30,r25
	mov r24,r1
	clr __zero_reg__
	mov r25,r24
	lsr r25
	lsr r25
	andi r24,lo8(4)
	add r24,r25
	sub r30,r24
	ldi r31,0
	lsl r30
	rol r31
	lsl r30
	rol r31
	subi r30,lo8(-(table))
	sbci r31,hi8(-(table))
	ld r4,Z
	ldd r5,Z+1
	ldd r6,Z+2
	ldd r7,Z+3
.L8:
	ldd r22,Y+9
	ldd r23,Y+10
	ldd r24,Y+1
	ldd r25,Y+2
	movw r18,r22
	movw r20,r24
	call __mulsidi3
	movw r24,r20
	movw r22,r18
	ldd r18,Y+9
	ldd r19,Y+10
	ldd r20,Y+1
	ldd r21,Y+2
	call __mulsidi3
	movw r30,r24
	mov r24,r7
	lsl r24
	sbc r24,r24
	movw r10,r4
	movw r12,r6
	mov r14,r24
	mov r15,r24
	mov r16,r24
	mov r17,r24
	movw r24,r30
	call __divdi3
	movw r8,r18
	movw r22,r18
	mov r24,r9
	lsl r24
	sbc r24,r24
	mov r25,r24
	call __floatsisf
	ldi r18,0
	ldi r19,0
	ldi r20,lo8(-128)
	ldi r21,lo8(62)
	call __mulsf3
	movw r12,r22
	movw r14,r24
	ldi r18,0
	ldi r19,0
	ldi r20,lo8(64)
	ldi r21,lo8(63)
	ldd r22,Y+3
	ldd r23,Y+4
	ldd r24,Y+5
	ldd r25,Y+6
	call __mulsf3
	movw r18,r22
	movw r20,r24
	movw r22,r12
	movw r24,r14
	call __addsf3
	std Y+3,r22
	std Y+4,r23
	std Y+5,r24
	std Y+6,r25
	ldi r18,0
	ldi r19,0
	ldi r20,lo8(-6)
	ldi r21,lo8(67)
	call __gtsf2
	cp __zero_reg__,r24
	brge .+2
	rjmp .L11
	lds r24,port
	andi r24,lo8(-2)
	rjmp .L6
.L7:
	ldd r22,Y+3
	ldd r23,Y+4
	ldd r24,Y+5
	ldd r25,Y+6
	call __fixsfsi
	movw r24,r22
/* epilogue start */
	adiw r28,10
	in __tmp_reg__,__SREG__
	cli
	out __SP_H__,r29
	out __SREG__,__tmp_reg__
	out __SP_L__,r28
	ret
	.size	main, .-main
	.section	.rodata
	.type	table, @object
	.size	table, 20
table:
	.byte	1
	.byte	0
	.byte	0
	.byte	0
	.byte	10
	.byte	0
	.byte	0
	.byte	0
	.byte	100
	.byte	0
	.byte	0
	.byte	0
	.byte	-24
	.byte	3
	.byte	0
	.byte	0
	.byte	16
	.byte	39
	.byte	0
	.byte	0
.global	port
	.section .bss
	.type	port, @object
	.size	port, 1
port:
	.zero	1
.global	__fixsfsi
.global	__gtsf2
.global	__addsf3
.global	__mulsf3
.global	__floatsisf
.global	__divdi3
	.ident	"GCC: (GNU) 15.2.0"
.global __do_copy_data
.global __do_clear_bss
